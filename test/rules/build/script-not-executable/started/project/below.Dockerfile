FROM scratch
ADD bin /opt/bin/
ENTRYPOINT ["/opt/bin/work.sh"]
