FROM alpine
ONBUILD RUN <<EOF
a
EOF
RUN --network=none true
