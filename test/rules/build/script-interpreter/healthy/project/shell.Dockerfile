FROM alpine:3.19
COPY plain.sh /
RUN /plain.sh
CMD /plain.sh
