#!/bin/sh
# Start an image as it will run, with a PostgreSQL and a Redis for the time of the try, and ask it for a page:
# try_image.sh IMAGE. Needs docker, curl.
set -eu
image=${1:?which image}
name=try-$$
finish() {
    docker rm --force "$name-site" "$name-postgres" "$name-redis" >/dev/null 2>&1 || true
    docker network rm "$name" >/dev/null 2>&1 || true
}
trap finish EXIT
docker network create "$name" >/dev/null
docker run --detach --name "$name-postgres" --network "$name" --env POSTGRES_HOST_AUTH_METHOD=trust postgres:18-bookworm >/dev/null
docker run --detach --name "$name-redis" --network "$name" redis:8-bookworm >/dev/null
key() { docker run --rm "$image" python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"; }
settings="--network $name --read-only --tmpfs /tmp --tmpfs /app/var/media:uid=10001 --tmpfs /app/var/releases:uid=10001 \
    --cap-drop ALL --security-opt no-new-privileges --env SECRET_KEY=$(key)$(key) --env FIELD_KEYS=$(key) --env ADMIN_PATH=staff \
    --env DATABASE_URL=postgres://postgres@$name-postgres/postgres --env REDIS_URL=redis://$name-redis/0 --env ALLOWED_HOSTS=comparia.beta.gouv.fr"
until docker exec "$name-postgres" pg_isready --quiet --host 127.0.0.1; do sleep 1; done
# shellcheck disable=SC2086  # the settings are words
docker run --rm $settings "$image" python manage.py migrate --noinput --verbosity 0
# shellcheck disable=SC2086
docker run --detach --name "$name-site" --publish 127.0.0.1::8000 $settings "$image" >/dev/null
address=http://$(docker port "$name-site" 8000)
curl --fail --silent --show-error --retry 30 --retry-delay 1 --retry-all-errors "$address/readyz"
curl --fail --silent --show-error --header "X-Forwarded-Proto: https" --header "Host: comparia.beta.gouv.fr" "$address/" >/dev/null
docker stop --time 40 "$name-site" >/dev/null
test "$(docker inspect --format '{{.State.ExitCode}}' "$name-site")" = 0
echo " $image starts, answers and stops as asked"
