# syntax=acme/frontend
FROM alpine
