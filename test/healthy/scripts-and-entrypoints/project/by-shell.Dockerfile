FROM alpine:3.22
COPY scripts/plain.sh /start.sh
ENTRYPOINT ["sh", "/start.sh"]
