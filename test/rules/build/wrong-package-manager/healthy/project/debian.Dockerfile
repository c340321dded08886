FROM python:3.12-slim-bookworm
RUN set -eux; apt-get update && apt-get install -y --no-install-recommends curl; rm -rf /var/lib/apt/lists/*
COPY --from=alpine:3.19 /sbin/ /sbin/
RUN apk --version
