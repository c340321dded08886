FROM docker.io/library/debian:bookworm-slim
RUN set -ex; \
    mkdir /data; \
    apt-get install curl > /dev/null 2>&1
