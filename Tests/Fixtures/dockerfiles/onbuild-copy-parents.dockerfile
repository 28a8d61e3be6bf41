FROM alpine
ONBUILD COPY --parents a /a
