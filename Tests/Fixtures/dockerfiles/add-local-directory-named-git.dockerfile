FROM alpine
ADD mirror.git /x
COPY a@b/c:d /y
