FROM debian:bookworm-slim
RUN --mount=type=bind,source=start.sh,target=/tmp/start.sh bash /tmp/start.sh true
RUN --mount=type=bind,target=/ctx cp /ctx/scripts/start.sh /start.sh && chmod 755 /start.sh
ENTRYPOINT ["/start.sh"]
