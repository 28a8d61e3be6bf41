from alpine
run --mount=type=cache,target=/c true
