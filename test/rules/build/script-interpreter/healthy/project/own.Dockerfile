FROM registry.example.com/alpine:3.19
COPY bash.sh /
ENTRYPOINT ["/bash.sh"]
