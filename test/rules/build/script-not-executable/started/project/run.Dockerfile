FROM alpine:3.19
COPY *.sh /tools/
RUN set -eux; /tools/entrypoint.sh first
CMD ["true"]
