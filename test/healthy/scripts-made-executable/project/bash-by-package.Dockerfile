FROM node:22-alpine
ARG EXTRA="bash git"
RUN apk add --no-cache $EXTRA
COPY --chmod=755 start.sh /
ENTRYPOINT ["/start.sh"]
