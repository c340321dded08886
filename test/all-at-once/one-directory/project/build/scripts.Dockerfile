FROM alpine:3.22 AS crlf
COPY --chmod=755 crlf.sh /
ENTRYPOINT ["/crlf.sh"]

FROM alpine:3.22 AS bash
COPY --chmod=755 bash.sh /
ENTRYPOINT ["/bash.sh"]

FROM alpine:3.22 AS plain
COPY plain.sh /
ENTRYPOINT ["/plain.sh"]
