FROM alpine
RUN echo a \ 	 
RUN --mount=type=cache true
