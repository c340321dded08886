FROM node:22
COPY server.js /
CMD ["/server.js"]
