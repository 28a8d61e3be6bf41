FROM alpine
RUN --device=vendor.com/class=x true
