FROM alpine
COPY --exclude=*.md . /x
