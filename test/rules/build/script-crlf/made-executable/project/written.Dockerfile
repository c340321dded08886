FROM alpine:3.19
COPY written.sh /
RUN chmod 755 /written.sh && printf "#!/bin/sh" > /written.sh
ENTRYPOINT ["/written.sh"]
