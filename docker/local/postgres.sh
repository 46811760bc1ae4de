#!/bin/sh
# What the public image's entry point does with the same variables: makes the cluster at the first start, runs the
# *.sql files of /docker-entrypoint-initdb.d once, then becomes the server.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="${POSTGRES_USER:-postgres}" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8 --locale=C >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  for file in /docker-entrypoint-initdb.d/*.sql; do
    if [ -e "$file" ]; then postgres --single -j -D "$PGDATA" postgres <"$file" >/dev/null; fi
  done
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/run/postgresql
