FROM alpine:3.19
COPY scripts /scripts
RUN /scripts/ready.sh
ENTRYPOINT ["/scripts/ready.sh"]
