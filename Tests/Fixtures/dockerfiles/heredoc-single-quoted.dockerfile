FROM alpine
RUN <<'EOF'
echo $a
EOF
RUN --network=none true
