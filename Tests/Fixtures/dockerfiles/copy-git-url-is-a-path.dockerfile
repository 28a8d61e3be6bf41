FROM alpine
COPY https://github.com/acme/x.git /x
