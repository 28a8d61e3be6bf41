FROM alpine
ADD git://example.com/x /x
