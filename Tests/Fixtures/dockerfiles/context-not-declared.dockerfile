FROM alpine
COPY --from=assets / /
