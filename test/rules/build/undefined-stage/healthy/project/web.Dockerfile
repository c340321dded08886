# The image nginx, and a stage of that name below.
FROM nginx AS base
FROM base AS nginx
RUN true
