FROM --platform=windows/amd64 example.com/x
