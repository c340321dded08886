FROM bash:5.2 AS shell
FROM alpine:3.22
COPY --from=shell /usr/local/bin/bash /bin/bash
COPY --from=shell /usr/lib/ /usr/lib/
COPY --chmod=755 start.sh /
ENTRYPOINT ["/start.sh"]
