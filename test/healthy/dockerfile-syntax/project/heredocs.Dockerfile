# syntax=docker/dockerfile:1.9
FROM debian:12-slim
RUN <<EOF
set -e
apt-get update
apt-get install -y --no-install-recommends ca-certificates
EOF
COPY <<-"ONE" <<TWO /etc/app/
	literal $HOME
ONE
FROM nothing, this is text
TWO
RUN <<'PY' python3 - || true
print("COPY missing.txt /")
PY
RUN cat <<EOF > /a && cat /a
a
EOF
