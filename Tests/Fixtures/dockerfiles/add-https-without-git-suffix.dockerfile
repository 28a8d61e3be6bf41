FROM alpine
ADD https://github.com/acme/x/archive/v1.zip /x
