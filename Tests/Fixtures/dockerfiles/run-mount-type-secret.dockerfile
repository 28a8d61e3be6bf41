FROM alpine
RUN --mount=type=secret,id=s true
