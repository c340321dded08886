ARG BASE
ARG BUILDER=golang
ARG BUILDER_TAG=1.23
FROM ${BUILDER}:${BUILDER_TAG} AS tools
FROM ${BASE:-debian:bookworm} AS final
COPY --from=tools /usr/local/go/LICENSE /LICENSE
