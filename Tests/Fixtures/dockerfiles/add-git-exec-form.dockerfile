FROM alpine
ADD ["https://github.com/acme/x.git", "/a b"]
