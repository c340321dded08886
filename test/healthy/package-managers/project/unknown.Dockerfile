FROM registry.example.com/alpine-tools/builder:2
RUN apt-get update
FROM registry.example.com/base
RUN apk add curl || apt-get install -y curl || yum install -y curl
