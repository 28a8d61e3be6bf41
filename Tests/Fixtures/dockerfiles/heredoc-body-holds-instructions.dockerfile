FROM alpine
RUN <<EOF
RUN --mount=type=cache x
COPY --parents a b
EOF
