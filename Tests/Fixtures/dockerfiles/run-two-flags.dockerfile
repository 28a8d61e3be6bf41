FROM alpine
RUN --mount=type=tmpfs,target=/t --network=none true
