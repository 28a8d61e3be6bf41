FROM alpine
COPY --from=busybox \
  --exclude=x \
  a b
