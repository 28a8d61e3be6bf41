FROM alpine
# syntax=acme/frontend
