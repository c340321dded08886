FROM base
COPY --from=assets logo.txt /
COPY --from=config settings.json /etc/
FROM alpine
COPY --from=assets . /assets/
RUN --mount=type=bind,from=assets,target=/a cat /a/logo.txt
