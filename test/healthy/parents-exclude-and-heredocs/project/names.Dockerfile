ARG DIR=elsewhere
ARG SUFFIX
FROM alpine:3.22${SUFFIX:+-$SUFFIX} AS base
ARG DIR
ARG PATTERN
ARG NAME=a
ENV LIB=$DIR/lib
COPY ${DIR}/ /one/
COPY $LIB /two/
COPY ${DIR}/${PATTERN} /three/
COPY ${DIR}/lib/deep/${NAME:-b}.txt ${MISSING:-package.json} /four/
COPY ${UNKNOWN}/never-checked /five/
