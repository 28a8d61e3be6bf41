FROM alpine
ADD ssh://git@example.com/x /x
