FROM alpine
RUN \
# a comment
  --mount=type=cache,target=/c true
