FROM alpine
# a \
RUN --network=none true
