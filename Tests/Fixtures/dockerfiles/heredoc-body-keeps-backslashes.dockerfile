FROM alpine
RUN <<EOF
echo \
EOF
RUN --network=none true
