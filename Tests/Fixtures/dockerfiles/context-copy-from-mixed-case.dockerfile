FROM alpine
COPY --from=Assets / /assets
