FROM alpine:3.19
COPY lf.sh /
ENTRYPOINT ["/lf.sh"]
