# syntax=docker/dockerfile:1.7-labs
FROM alpine:3.22
COPY --parents ./packages/*/package.json package.json ./
COPY --parents=true src/./lib/deep/a.txt /out/
COPY --exclude=**/*.md --exclude=notes . /app
ADD --exclude=*.tar.gz src /src
COPY --parents packages/**/*.json ./all/
