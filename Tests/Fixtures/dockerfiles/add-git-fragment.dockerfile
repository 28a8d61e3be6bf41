FROM alpine
ADD https://github.com/acme/x.git#v1:dir /x
