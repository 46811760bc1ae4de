#!/bin/sh
# Makes the password of compose.yaml's PostgreSQL, once, in two files that only its readers can open: the server's and
# the daemons' (user 1000 in their images). Run as root.
set -eu
cd "$(dirname "$0")"

if [ -e secrets/postgres-password ]; then
  echo "docker/secrets is there already; it was left as it is"
  exit 0
fi
mkdir -p -m 0755 secrets
umask 077
password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" >secrets/postgres-password
printf 'postgres:5432:*:tercet:%s\n' "$password" >secrets/pgpass
chown "${POSTGRES_UID:-999}" secrets/postgres-password
chown 1000 secrets/pgpass
echo "made docker/secrets/postgres-password and docker/secrets/pgpass"
