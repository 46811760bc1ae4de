# One daemon: role is maker, taker or agent; port is where peers and its owner reach it.
ARG SHARED=tercet/shared
FROM ${SHARED}
ARG ROLE
ARG PORT
COPY app .
ENV TERCET_ROLE=${ROLE} TERCET_LISTEN=0.0.0.0:${PORT}
EXPOSE ${PORT}
