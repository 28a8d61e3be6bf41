# syntax=example.com/docker/dockerfile:1
FROM alpine
