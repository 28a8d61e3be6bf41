FROM alpine
RUN <<EOF
EOF x
 EOF
EOF
RUN --network=none true
