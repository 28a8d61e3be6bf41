FROM alpine
ADD <<EOF /etc/x
a
EOF
