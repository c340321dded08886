FROM alpine:3.19
COPY start.sh /
RUN sed -i 's/\r$//' /start.sh
ENTRYPOINT ["/start.sh"]
