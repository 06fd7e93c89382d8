# The site and its worker: one image. The worker's command: celery -A comparia worker --beat --schedule /tmp/beat
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --only-binary=:all: -r requirements.txt -c constraints.txt
COPY . .
RUN python -m deploy.local compile
# The settings want their variables; collecting files opens no connection.
RUN SECRET_KEY=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build ALLOWED_HOSTS=build \
    python manage.py collectstatic --noinput

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home comparia
COPY --from=build /venv /venv
COPY --from=build /app /app
RUN mkdir -p /app/var/media && chown comparia /app/var/media
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=comparia.settings
WORKDIR /app
USER comparia
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
# Verbosity 0 writes no access log: visitors' addresses are kept nowhere.
CMD ["daphne", "--verbosity", "0", "--no-server-name", "-b", "0.0.0.0", "-p", "8000", "comparia.asgi:application"]
