FROM alpine:3.19
COPY --chmod=755 copied.sh /
ENTRYPOINT ["/copied.sh"]
