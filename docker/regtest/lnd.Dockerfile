# lnd as tools/regtest-nodes pins it.
FROM scratch
COPY root/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin
CMD ["lnd"]
