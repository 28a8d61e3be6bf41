FROM alpine
RUN echo --mount=type=cache
