# syntax=docker/dockerfile:1.7.0
FROM alpine
