# syntax=docker/dockerfile:1
FROM python:3.13-slim
RUN <<EOF
set -eux
apt-get update
apt-get install -y --no-install-recommends tini
EOF
RUN python3 <<EOF
with open("/hello", "w") as f:
    print("COPY missing /nowhere", file=f)
EOF
RUN <<-"SCRIPT" bash -e
	echo "FROM $HOME"
SCRIPT
COPY <<EOF /etc/app.conf
[app]
path = ${PATH}
EOF
COPY --chmod=755 <<"one" <<"two" /usr/local/bin/
#!/bin/sh
echo one
one
#!/bin/sh
echo two
two
COPY <<entrypoint.sh package.json /opt/
#!/bin/sh
exec "$@"
entrypoint.sh
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/one"]
