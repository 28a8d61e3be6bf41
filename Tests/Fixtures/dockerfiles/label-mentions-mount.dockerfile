FROM alpine
LABEL run="RUN --mount=type=cache"
ENV X=--mount=a
CMD --mount=x
