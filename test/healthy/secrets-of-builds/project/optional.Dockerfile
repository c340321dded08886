FROM busybox:1.36
RUN --mount=type=secret,id=license,env=LICENSE true
RUN --mount=type=secret,id=other,required=false true
