FROM alpine
# ÿþ
RUN echo Ã( ÿ
RUN --network=none €
