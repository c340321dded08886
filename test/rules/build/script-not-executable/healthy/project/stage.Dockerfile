FROM alpine:3.19 AS build
COPY entrypoint.sh /app/
RUN chmod -R 755 /app
FROM alpine:3.19
COPY entrypoint.sh /app/
COPY --from=build /app /app
CMD ["/app/entrypoint.sh"]
