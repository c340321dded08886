FROM registry.example.com/app:1
COPY entrypoint.sh /usr/local/bin/
ENTRYPOINT ["entrypoint.sh"]
