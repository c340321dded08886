FROM alpine:3.22
COPY --chmod=755 scripts/plain.sh /usr/local/bin/start
CMD ["start"]
