FROM alpine
COPY --chown=1:1 --chmod=755 a /a
ADD --chown=1 b /b
