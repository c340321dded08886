FROM node:22
COPY server.js /
