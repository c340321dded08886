FROM the-base
COPY assets/logo.txt /
