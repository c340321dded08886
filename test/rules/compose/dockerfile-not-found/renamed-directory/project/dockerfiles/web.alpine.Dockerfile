FROM alpine:3.19
COPY services/web/ /srv/
CMD ["sh"]
