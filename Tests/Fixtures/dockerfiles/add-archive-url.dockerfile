FROM alpine
ADD https://example.com/x.tar.gz /x
