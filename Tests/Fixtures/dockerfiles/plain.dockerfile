FROM alpine:3
RUN apk add curl
COPY . /app
CMD ["/app/run"]
