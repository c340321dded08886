# Built with the top of the repository as the context.
FROM alpine:3.22
WORKDIR /srv
COPY services/worker/work.sh \
     services/worker/settings.sh \
     ./
USER nobody
CMD ["sh", "work.sh"]
