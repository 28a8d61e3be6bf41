FROM alpine
COPY --from=assets / /assets
