FROM alpine
RUN echo "<<EOF"
RUN --network=none true
