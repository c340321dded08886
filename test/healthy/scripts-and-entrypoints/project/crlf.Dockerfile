FROM alpine:3.22
COPY scripts/windows.sh /start.sh
RUN sed -i 's/\r$//' /start.sh && chmod +x /start.sh
ENTRYPOINT ["/start.sh"]
