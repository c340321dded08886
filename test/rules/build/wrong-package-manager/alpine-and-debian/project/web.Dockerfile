FROM docker.io/library/debian:bookworm-slim
RUN set -ex; \
    mkdir /data; \
    apk add --no-cache curl > /dev/null 2>&1
