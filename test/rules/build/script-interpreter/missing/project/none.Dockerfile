FROM alpine:3.19
COPY plain.sh /
ENTRYPOINT ["/plain.sh"]
