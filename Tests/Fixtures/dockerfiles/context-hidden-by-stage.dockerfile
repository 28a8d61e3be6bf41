FROM alpine AS assets
FROM scratch
COPY --from=assets / /
