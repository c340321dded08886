FROM node:22-slim
COPY bash.sh /
ENTRYPOINT ["/bash.sh"]
