ARG REPO=https://github.com/acme/x.git
FROM alpine
ARG REF=v1
ADD ${REPO}#$REF /x
