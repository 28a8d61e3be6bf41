FROM alpine
ADD --unpack=true x.tar /x
