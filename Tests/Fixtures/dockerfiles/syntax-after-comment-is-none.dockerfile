# hello
# syntax=acme/frontend
FROM alpine
