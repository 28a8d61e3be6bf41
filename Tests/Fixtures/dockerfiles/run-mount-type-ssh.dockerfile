FROM alpine
RUN --mount=type=ssh true
