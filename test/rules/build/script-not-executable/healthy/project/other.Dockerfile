FROM registry.example.com/python:3
COPY entrypoint.sh /app/
WORKDIR /app
CMD ["./entrypoint.sh"]
