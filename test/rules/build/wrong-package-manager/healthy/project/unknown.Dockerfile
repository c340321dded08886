ARG BASE=registry.example.com/alpine:3.19
FROM ${BASE}
RUN apt-get update
FROM alpine:3.19
SHELL ["/bin/bash", "-c"]
RUN apt-get update
