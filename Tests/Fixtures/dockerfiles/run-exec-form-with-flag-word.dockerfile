FROM alpine
RUN ["sh","-c","--mount=x"]
