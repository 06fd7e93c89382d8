#!/bin/sh
# Bring back what backup.sh wrote, into an empty database: restore.sh FOLDER/DATE. Reads the same variables.
set -eu
: "${DATABASE_URL:=$(cat "${SECRETS_DIR:?}/DATABASE_URL")}" "${MEDIA_ROOT:?}" "${RELEASES_DIR:?}"
cd "${1:?which backup}"
sha256sum --check --quiet SHA256SUMS
tables=$(psql --no-psqlrc --tuples-only --no-align --command "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" "$DATABASE_URL")
if [ "$tables" != 0 ]; then
    echo "The database has $tables tables already: restore into an empty one." >&2
    exit 1
fi
# Whole, or not at all.
pg_restore --dbname="$DATABASE_URL" --no-owner --no-privileges --single-transaction --exit-on-error database
tar -C "$MEDIA_ROOT" -xf media.tar
tar -C "$RELEASES_DIR" -xf releases.tar
psql --no-psqlrc --quiet --command "ANALYZE" "$DATABASE_URL"
