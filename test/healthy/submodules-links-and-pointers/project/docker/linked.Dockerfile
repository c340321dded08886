FROM alpine:3.22
COPY target.txt /
COPY data /data/
