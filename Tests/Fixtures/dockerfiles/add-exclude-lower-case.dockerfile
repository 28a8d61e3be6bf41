from alpine
add --exclude=a . /x
