from busybox:1.36 as first
run echo "a # not a comment" && \
    # a comment in between
    echo b \

    && echo c
copy src/*.md src/lib/?.sh /docs/
copy ["src/with space.txt", "/docs/"]
cmd echo hello
