FROM alpine
ADD https://github.com/acme/x.git /x
