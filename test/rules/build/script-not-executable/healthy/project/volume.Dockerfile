FROM alpine:3.19
WORKDIR /app
COPY . .
CMD ["./entrypoint.sh"]
