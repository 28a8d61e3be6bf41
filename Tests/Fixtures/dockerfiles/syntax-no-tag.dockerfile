# syntax=docker/dockerfile
FROM alpine
