FROM alpine
COPY --from=assets / /
FROM scratch AS assets
