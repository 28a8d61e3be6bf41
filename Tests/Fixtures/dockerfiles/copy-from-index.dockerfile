FROM golang
RUN true
FROM scratch
COPY --from=0 /x /x
