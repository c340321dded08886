FROM alpine:3.19
COPY changed.sh /
RUN apk add --no-cache tini && chmod +x /changed.sh
ENTRYPOINT ["/sbin/tini", "--", "/changed.sh"]
