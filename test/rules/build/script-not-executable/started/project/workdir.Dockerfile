FROM python:3.12-slim AS base
WORKDIR /app
FROM base
COPY . .
CMD ./bin/work.sh
