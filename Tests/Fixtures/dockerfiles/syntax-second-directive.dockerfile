# escape=`
# syntax = acme/frontend
FROM alpine
