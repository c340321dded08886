FROM alpine:3.19
COPY entrypoint.sh /
RUN find / -name "*.sh" -exec chmod +x {} +
ENTRYPOINT ["/entrypoint.sh"]
