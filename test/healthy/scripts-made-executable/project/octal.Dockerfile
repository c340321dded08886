FROM debian:bookworm-slim
COPY --chmod=0755 start.sh /usr/local/bin/start
COPY --chmod=a+rx scripts /scripts
RUN /scripts/start.sh true
ENTRYPOINT ["start"]
