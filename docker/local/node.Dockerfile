# Stands in for node:24-bookworm-slim where no registry is reachable: this machine's Node 24, its libraries and busybox.
FROM scratch
COPY root/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin
CMD ["node"]
