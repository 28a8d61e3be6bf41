# syntax=docker/dockerfile:1-labs
FROM alpine
COPY --parents --exclude=a x /x
RUN <<EOF
x
EOF
