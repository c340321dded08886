FROM alpine:3.19
COPY docker/setup.sh /tmp/
RUN /tmp/setup.sh
CMD ["true"]
