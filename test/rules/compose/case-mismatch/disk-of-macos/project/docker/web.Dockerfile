FROM alpine:3.23
