FROM alpine
RU\
N --network=none true
