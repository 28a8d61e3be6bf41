FROM alpine
RUN echo a \
  && true
RUN --network=none true
