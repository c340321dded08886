FROM node:20 AS build
RUN apt-get update && apt-get install -y git
FROM nginx:1.27
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/bin/git /usr/bin/git
