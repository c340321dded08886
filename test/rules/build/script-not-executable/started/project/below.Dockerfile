FROM alpine:3.19
ADD bin /opt/bin/
ENTRYPOINT ["/opt/bin/work.sh"]
