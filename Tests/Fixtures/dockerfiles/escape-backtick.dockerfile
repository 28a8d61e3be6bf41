# escape=`
FROM alpine
RUN echo a `
  --mount=x
COPY a C:\
RUN --network=none true
