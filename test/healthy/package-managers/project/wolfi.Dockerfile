FROM cgr.dev/chainguard/wolfi-base
RUN apk add --no-cache tini
