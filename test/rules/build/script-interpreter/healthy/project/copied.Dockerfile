FROM alpine:3.19
COPY --from=bash:5 /usr/local/bin/bash /bin/bash
COPY bash.sh /
ENTRYPOINT ["/bash.sh"]
