FROM alpine:3.22
RUN apk update && apk add --no-cache bash=~5 && rm -rf /var/cache/apk/*
COPY --chmod=755 start.sh /
ENTRYPOINT ["/start.sh"]
