FROM alpine:3.19
COPY mark.sh /
ENTRYPOINT ["/mark.sh"]
