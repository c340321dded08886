FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.5.0 AS xx
FROM --platform=${BUILDPLATFORM:-linux/amd64} alpine:3.22 AS build-base
COPY --from=xx / /
ARG TARGETPLATFORM
FROM build-base AS build-amd64
FROM build-base AS build-arm64
FROM build-${TARGETARCH} AS final
