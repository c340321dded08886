FROM alpine:3.19
COPY --chown=1:1 ./src/main.sh package.json /app/
