FROM alpine
ADD git@github.com:acme/x.git /x
