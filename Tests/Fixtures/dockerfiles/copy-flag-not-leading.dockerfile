FROM alpine
COPY a --parents b/
