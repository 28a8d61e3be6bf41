FROM alpine
COPY <<A <<B /x/
B
A
RUN --network=none true
B
RUN --security=insecure true
