FROM postgres:17
COPY scripts/ /docker-entrypoint-initdb.d/
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres", "-c", "fsync=off"]
