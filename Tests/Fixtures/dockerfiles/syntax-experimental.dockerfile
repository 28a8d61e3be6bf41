# syntax=docker/dockerfile:experimental
FROM alpine
