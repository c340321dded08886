FROM debian:12
COPY --chown=1000:1000 entrypoint.sh /usr/local/bin
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/entrypoint.sh"]
