FROM python:3.12-alpine3.20
RUN apk add --no-cache --virtual .build gcc musl-dev && apk del .build
# apt-get is not there
RUN echo "apt-get install is for Debian" > /note
