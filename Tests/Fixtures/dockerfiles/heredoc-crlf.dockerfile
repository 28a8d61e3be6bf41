FROM alpine
RUN <<EOF
RUN --mount=x
EOF
RUN true
