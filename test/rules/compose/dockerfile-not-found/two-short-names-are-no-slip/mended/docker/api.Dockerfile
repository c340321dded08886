FROM alpine:3.19
COPY services/api/package.json services/api/server.js /app/
CMD ["sh"]
