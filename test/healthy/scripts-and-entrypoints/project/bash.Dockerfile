FROM alpine:3.22
RUN apk add --no-cache bash
COPY scripts/bash.sh /start.sh
ENTRYPOINT ["/start.sh"]
