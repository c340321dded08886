# Built with the top of the repository as the context.
FROM alpine:3.22
WORKDIR /srv
COPY services/shared/http.sh .
COPY services/auth/ .
EXPOSE 8080
USER nobody
CMD ["nc", "-ll", "-p", "8080", "-e", "sh", "handle.sh"]
