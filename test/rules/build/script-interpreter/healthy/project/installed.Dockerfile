FROM node:22-alpine
RUN apk add --no-cache bash
COPY bash.sh /
ENTRYPOINT ["/bash.sh"]
