FROM alpine
RUN echo $((1 << 2)) $((1<<3))
RUN true
