# Built with the top of the repository as the context.
FROM alpine:3.22
WORKDIR /srv
RUN mkdir /data && chown nobody /data
COPY services/shared/http.sh ./
COPY services/backend/handle.sh services/backend/seed.sh ./
COPY services/backend/products.txt ./
EXPOSE 8080
USER nobody
CMD ["nc", "-ll", "-p", "8080", "-e", "sh", "handle.sh"]
