FROM busybox:1.36
COPY docs /docs/
