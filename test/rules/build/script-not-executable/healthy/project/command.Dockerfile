FROM alpine:3.19
COPY entrypoint.sh /
CMD ["/entrypoint.sh"]
