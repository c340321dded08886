# Built with the top of the repository as the context.
FROM alpine:3.22
WORKDIR /srv
COPY ["services/shared/http.sh", "services/events/handle.sh", "./"]
COPY services/events/greeting.txt ./
EXPOSE 8081
USER nobody
CMD ["nc", "-ll", "-p", "8081", "-e", "sh", "handle.sh"]
