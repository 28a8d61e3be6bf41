From alpine
RuN --mount=type=cache,target=/c true
