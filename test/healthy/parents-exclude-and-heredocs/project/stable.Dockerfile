# syntax=docker/dockerfile:1.20
# check=skip=JSONArgsRecommended;error=false
FROM alpine:3.22
COPY --link --chmod=u=rwX,go=rX src/ /src/
COPY ["with space/file name.txt", "/with space/"]
COPY src/lib src/*.txt src/[ab]?.md /several/
COPY src/lib/deep/../deep/a.txt ./src/. /dots/
COPY /package.json /absolute-source.json
COPY no-such-file*.json package.json /optional/
WORKDIR "/with space"
