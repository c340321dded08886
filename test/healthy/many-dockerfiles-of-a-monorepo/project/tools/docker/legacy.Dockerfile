FROM node:22-alpine
COPY . .
COPY main.js lib*/ ./
