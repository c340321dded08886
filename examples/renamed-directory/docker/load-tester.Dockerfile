# Built with the top of the repository as the context.
FROM alpine:3.19
COPY services/load-tester/run.sh /srv/run.sh
USER nobody
CMD ["sh", "/srv/run.sh"]
