FROM alpine
COPY --parents=false a/b /x
