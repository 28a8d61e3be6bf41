# syntax=docker/dockerfile:1.20-labs
FROM alpine
