#Syntax=acme/frontend
FROM alpine
