FROM alpine:3.19
RUN apk add --no-cache openjdk17
COPY start.sh /
RUN /start.sh
CMD ["true"]
