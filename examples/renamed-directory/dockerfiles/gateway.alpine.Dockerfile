# Built with the top of the repository as the context.
FROM alpine:3.23 AS site
ARG SHOP_NAME=Shop
WORKDIR /build
COPY services/gateway/site/ ./
RUN sed -i "s/@SHOP_NAME@/$SHOP_NAME/" index.html

FROM alpine:3.22
WORKDIR /srv
COPY --from=site /build ./site
COPY services/shared/http.sh services/gateway/handle.sh services/gateway/routes.conf ./
EXPOSE 8080
USER nobody
CMD ["nc", "-ll", "-p", "8080", "-e", "sh", "handle.sh"]
