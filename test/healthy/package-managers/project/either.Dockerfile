ARG BASE=alpine:3.22
FROM ${BASE}
RUN if command -v apk >/dev/null; then apk add --no-cache curl; else apt-get update && apt-get install -y curl; fi
