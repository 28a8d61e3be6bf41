FROM alpine
ADD https://github.com/acme/x.git?ref=v1 /x
