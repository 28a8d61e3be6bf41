FROM alpine
RUN "--mount=x" true
