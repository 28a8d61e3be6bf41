# syntax=docker/dockerfile:1-labs
FROM alpine
