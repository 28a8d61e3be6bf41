FROM alpine
RUN cat <<EOF > /x
a
EOF
