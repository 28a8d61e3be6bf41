#!/usr/bin/env docker
# syntax=acme/frontend
FROM alpine
