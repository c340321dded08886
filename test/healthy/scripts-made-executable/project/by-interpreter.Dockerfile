FROM debian:bookworm-slim
COPY . /app
RUN bash /app/start.sh true && sh -e /app/scripts/start.sh true
ENTRYPOINT ["bash", "/app/start.sh"]
CMD ["sleep", "1"]
