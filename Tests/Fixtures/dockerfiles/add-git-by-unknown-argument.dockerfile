FROM alpine
ARG REPO
ADD $REPO.git /x
