# syntax=docker/dockerfile:1-labs
# check=skip=JSONArgsRecommended;error=false
FROM --platform=$BUILDPLATFORM busybox:1.36 AS tool
ARG TARGETOS TARGETARCH
FROM busybox:1.36
COPY --parents src/./lib/*.sh /app/
COPY --chmod=0755 --chown=1000:1000 src/main.sh /usr/local/bin/main
COPY --link src/ /src/
COPY --exclude=*.md src /other
ADD https://example.com/archive.tar.gz /tmp/
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/f /f
ADD https://github.com/example/repo.git#v1 /repo
ADD --keep-git-dir=true git@github.com:example/repo.git /repo2
RUN --mount=type=bind,source=src,target=/mnt --mount=type=tmpfs,target=/t ls /mnt
RUN --network=none --security=sandbox true
HEALTHCHECK NONE
