# Stands in for redis:7-bookworm where no registry is reachable: this machine's redis-server.
FROM scratch
COPY root/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin
RUN mkdir -m 0700 /data && chown 1000:1000 /data
WORKDIR /data
USER 1000:1000
EXPOSE 6379
CMD ["redis-server"]
