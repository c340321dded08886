FROM python:3.12-alpine
RUN apk add --no-cache curl git && mkdir /data
COPY start.sh /
ENTRYPOINT ["/start.sh"]
