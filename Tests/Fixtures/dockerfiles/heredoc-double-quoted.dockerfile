FROM alpine
COPY <<"a b" /x
text
a b
RUN --network=none true
