FROM alpine
# RUN --mount=type=cache true
RUN true
