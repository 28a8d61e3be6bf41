# syntax=docker/dockerfile-upstream:master
FROM alpine
