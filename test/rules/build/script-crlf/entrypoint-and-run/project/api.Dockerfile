FROM node:22-alpine
WORKDIR /app
COPY package.json .
RUN npm install
COPY . .
ENTRYPOINT ["/app/docker/entrypoint.sh"]
CMD ["node", "server.js"]
