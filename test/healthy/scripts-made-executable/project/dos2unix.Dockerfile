FROM alpine:3.22
COPY windows.sh /start.sh
RUN sed -i 's/\r$//g' /start.sh && chmod +x /start.sh
ENTRYPOINT ["/start.sh"]
