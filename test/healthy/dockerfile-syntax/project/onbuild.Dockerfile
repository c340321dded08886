FROM busybox:1.36
ONBUILD COPY package.json /app/
ONBUILD RUN echo built
STOPSIGNAL SIGTERM
SHELL ["/bin/sh", "-ec"]
USER 1000:1000
VOLUME ["/data"]
EXPOSE 80/tcp 443
