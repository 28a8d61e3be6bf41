FROM alpine
RUN cat << EOF
a
EOF
RUN --network=none true
