FROM alpine
LABEL a=<<EOF
ENV b <<EOF
CMD cat <<EOF
