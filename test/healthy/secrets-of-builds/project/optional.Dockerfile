FROM busybox:1.36
RUN --mount=type=secret,id=license,env=LICENSE true
RUN --mount=type=secret,id=other,required=false true
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc if [ -s /root/.npmrc ]; then npm ci; else npm ci --registry "$REGISTRY"; fi
RUN --mount=type=secret,id=token \
    TOKEN=$(cat /run/secrets/token 2>/dev/null || true) && echo "${TOKEN:+with a token}"
