# Stands in for postgres:17-bookworm where no registry is reachable: this machine's PostgreSQL.
FROM scratch
COPY root/ /
COPY postgres.sh /usr/local/bin/postgres.sh
ENV PATH=/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data TZ=UTC LC_ALL=C
RUN mkdir -p /run/postgresql "$PGDATA" && ln -s /run /var/run && chmod 0700 "$PGDATA" && chown -R 1000:1000 /run/postgresql /var/lib/postgresql
USER 1000:1000
EXPOSE 5432
# A fast shutdown, as the public image does: sessions are ended, nothing is lost.
STOPSIGNAL SIGINT
ENTRYPOINT ["/bin/sh", "/usr/local/bin/postgres.sh"]
CMD ["postgres"]
