FROM alpine
COPY <<EOF /etc/x
RUN --mount=x
EOF
