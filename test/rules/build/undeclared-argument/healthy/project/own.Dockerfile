# May hold ONBUILD ARG.
FROM registry.example.com/base:1
