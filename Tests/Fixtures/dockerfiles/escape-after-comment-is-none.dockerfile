# hello
# escape=`
FROM alpine
RUN echo \
RUN --network=none true
