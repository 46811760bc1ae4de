# btcd as tools/regtest-nodes pins it. busybox beside it is the shell, and serves a fee rate to lnd.
FROM scratch
COPY root/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin
CMD ["btcd"]
