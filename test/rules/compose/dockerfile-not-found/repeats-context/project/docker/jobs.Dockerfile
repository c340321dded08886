FROM alpine:3.23
COPY run.sh /
