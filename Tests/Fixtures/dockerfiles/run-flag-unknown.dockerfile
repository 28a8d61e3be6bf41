FROM alpine
RUN --future=1 true
