# syntax=docker/dockerfile:1
# One image for the site, its worker and its beat: docs/operating.md has their commands.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock ./
# The environment that is kept has no pip: it is filled from outside.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --require-hashes --only-binary=:all: --no-compile \
    -r requirements.lock \
    && find /venv -depth \( -type d -name tests -o -type f -name '*.pyi' -o -type f -name '*.h' \) -exec rm -r {} +
ENV PATH=/venv/bin:$PATH
COPY . .
# The settings want their variables; collecting files opens no connection.
RUN python -m deploy.local compile \
    && SECRET_KEY=for-this-build-alone-0123456789-abcdefghijklmnopqrstuvwxyz \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build ALLOWED_HOSTS=build.invalid \
    FIELD_KEYS=Zm9yLXRoaXMtYnVpbGQtYWxvbmUtMDEyMzQ1Njc4OWE= ADMIN_PATH=build \
    python manage.py collectstatic --noinput \
    && python -m compileall -q -j 0 /venv/lib /app \
    && mkdir -p var/media var/releases

FROM python:${PYTHON}
COPY --from=build /venv /venv
COPY --from=build /app /app
# Only these two are written to, and /tmp: each is a volume where the file system is read-only.
COPY --from=build --chown=10001:10001 /app/var/media /app/var/media
COPY --from=build --chown=10001:10001 /app/var/releases /app/var/releases
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=comparia.settings
# Of Celery: asked to end, a worker gives its job SHUTDOWN_SECONDS, then leaves it to another.
ENV REMAP_SIGTERM=SIGQUIT
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
# Verbosity 0 writes no access log: visitors' addresses are kept nowhere. SIGTERM ends it once answers are saved.
CMD ["daphne", "--verbosity", "0", "--no-server-name", "-b", "0.0.0.0", "-p", "8000", "comparia.asgi:application"]
