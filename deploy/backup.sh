#!/bin/sh
# Save the database, the pictures and the releases in a new folder of FOLDER: backup.sh FOLDER
# Reads DATABASE_URL (or its file in SECRETS_DIR), MEDIA_ROOT, RELEASES_DIR. FIELD_KEYS are not in it: keep them elsewhere.
set -eu
umask 077
: "${DATABASE_URL:=$(cat "${SECRETS_DIR:?}/DATABASE_URL")}" "${MEDIA_ROOT:?}" "${RELEASES_DIR:?}"
place="${1:?where to write it}/$(date -u +%Y-%m-%dT%H%M%SZ)"
mkdir "$place.partial"
cd "$place.partial"
# The database first: files that came since do no harm, rows without their file would.
pg_dump --format=custom --no-owner --no-privileges --file=database "$DATABASE_URL"
tar -C "$MEDIA_ROOT" -cf media.tar .
tar -C "$RELEASES_DIR" -cf releases.tar .
sha256sum database media.tar releases.tar > SHA256SUMS
sync
mv "$place.partial" "$place"
echo "$place"
