FROM debian:bookworm-slim
WORKDIR /app
COPY start.sh .
RUN set -eux; chmod -R a+x /app \
  && ls -l
ENTRYPOINT ["./start.sh"]
