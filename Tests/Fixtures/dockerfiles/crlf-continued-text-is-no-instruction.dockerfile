FROM alpine
RUN echo a \
RUN --network=none true
