FROM docker.io/library/node:22.9.0-alpine3.20@sha256:c9bb43423a6229aeddf3d16ae6aaa0ff71a0b2951ce18ec8fedb6f5d766cf286 AS build
FROM scratch AS files
COPY --from=build /etc/alpine-release /
FROM gcr.io/distroless/static@sha256:69830f29ed7545c762777507426a412f97dad3d8d32bae3e74ad3fb6160917ea
COPY --from=files / /
COPY --from=0 /etc/os-release /etc/
COPY --from=busybox:1.37-musl /bin/busybox /busybox
