ARG NODE_VERSION=20
FROM node:${NODE_VERSION}-alpine
ARG APP
WORKDIR /repo
COPY package.json ./
COPY apps/${APP} ./apps/${APP}/
CMD node apps/$APP/main.js
