FROM alpine:3.22
COPY scripts/ /scripts/
RUN chmod -R +x /scripts
ENTRYPOINT ["/scripts/plain.sh"]
