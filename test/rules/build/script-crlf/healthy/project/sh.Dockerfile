FROM alpine:3.19
COPY start.sh /
ENTRYPOINT ["sh", "/start.sh"]
