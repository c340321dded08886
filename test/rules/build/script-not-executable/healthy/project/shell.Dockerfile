FROM alpine:3.19
COPY entrypoint.sh /
RUN sh /entrypoint.sh
ENTRYPOINT ["sh", "/entrypoint.sh"]
