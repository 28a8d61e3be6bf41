FROM alpine
RUN --mount=type=bind,target=/src true
