FROM alpine:3.22
COYP a.txt /
