"""Every setting of the site, read from the environment.

A local machine says LOCAL=1 (`make run` does): no HTTPS, static files straight from the applications.
Without it the site is in production, and starts only when every secret is there.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .safety import refuse_what_is_unsafe

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Each file of this folder is a variable of its name: how containers are given their secrets.
if secrets := env.str("SECRETS_DIR", default=""):
    for file in Path(secrets).iterdir():
        if file.is_file():
            os.environ.setdefault(file.name, file.read_text().strip())

LOCAL = env.bool("LOCAL", default=False)
DEBUG = env.bool("DEBUG", default=False)


def required(name):
    """The variable's value; in production a missing one stops the start and says its name."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is missing: the site cannot start without it.")
    return value


SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # the one before, for the time of a change
DATABASE_URL = required("DATABASE_URL")
REDIS_URL = required("REDIS_URL")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[".localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
if not ALLOWED_HOSTS:
    required("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "daphne",
    "modeltranslation",
    "staff.apps.DoorConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "pgtrigger",
    "simple_history",
    "django_otp",
    "django_otp.plugins.otp_static",
    "axes",
    "portals",
    "staff",
    "models_catalog",
    "arena",
    "leaderboard",
    "datasets_export",
]

MIDDLEWARE = [
    "comparia.headers.HeadersMiddleware",
    "comparia.health.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "comparia.watching.WatchMiddleware",
    "comparia.compressing.CompressionMiddleware",
    "comparia.headers.PolicyMiddleware",
    "portals.middleware.PortalMiddleware",
    "staff.middleware.DoorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "staff.middleware.ExpiryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portals.visits.AudienceMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "comparia.urls"
ASGI_APPLICATION = "comparia.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portals.context_processors.portal",
            ],
            "builtins": [
                *("django.templatetags.i18n", "django.templatetags.static"),
                *("portals.templatetags.components", "portals.templatetags.dates"),
            ],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------------
# Each process keeps its own pool: as many as it has threads for requests (comparia/handler.py) and for answers
# (arena/database.py). Processes x pool size must stay under the server's max_connections.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "ATOMIC_REQUESTS": False,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=14), "timeout": 5},
        # A server that is gone without a word is noticed.
        **{"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
        "tcp_user_timeout": 20_000,
    },
}
# Of a process that serves visitors (comparia/asgi.py): a page that cannot have its rows by then says so.
DATABASE_STATEMENT_SECONDS = env.float("DATABASE_STATEMENT_SECONDS", default=15)
DATABASE_LOCK_SECONDS = env.float("DATABASE_LOCK_SECONDS", default=5)
DATABASE_UNIT_SECONDS = env.float("DATABASE_UNIT_SECONDS", default=20)  # a unit of work of answers, waiting included
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "comparia",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            "CONNECTION_POOL_CLASS": "portals.impatience.ImpatientPool",
        },
    },
    # What hardly changes and every page needs (portals, terms, models that can be drawn): kept by each process.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": env.int("PROCESS_CACHE_SECONDS", default=10),
    },
}
CHANNEL_LAYERS = {}  # sockets follow what their own process writes, or the cache
SESSION_ENGINE = "comparia.sessions"

# --- Jobs: no result backend, the outcome is on the row --------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 3600
# Every job can be run again: one whose worker ends before it is given to another. docs/holding.md
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.float("SHUTDOWN_SECONDS", default=25)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/Paris"
RELEASE_SCHEDULE = env.str("RELEASE_SCHEDULE", default="20 4 1 * *")
CELERY_BEAT_SCHEDULE = {
    "close-stale-answers": {"task": "arena.close_stale_answers", "schedule": 30},
    # Each minute those whose turn it is: ENDPOINT_CHECK_MINUTES says how often each is called, for some 20 tokens.
    "check-endpoints": {"task": "arena.check_endpoints", "schedule": 60, "options": {"expires": 50}},
    "enrich-conversations": {"task": "datasets_export.enrich", "schedule": 600, "options": {"expires": 590}},
    "publish-releases": {"task": "datasets_export.publish_due", "schedule": crontab(minute=20)},
    # Minute, hour, day of the month, month, day of the week; empty: releases are made by hand.
    **(
        {"build-release": {"task": "datasets_export.build_release", "schedule": crontab.from_string(RELEASE_SCHEDULE)}}
        if RELEASE_SCHEDULE
        else {}
    ),
    "revise-releases": {"task": "datasets_export.revise_releases", "schedule": crontab(hour=2, minute=40)},
    "purge-expired": {"task": "datasets_export.purge_expired", "schedule": crontab(hour=2, minute=10)},
    "watch-votes": {"task": "arena.watch_votes", "schedule": crontab(minute=50), "options": {"expires": 3500}},
    "count-votes": {"task": "arena.count_votes", "schedule": crontab(hour=4, minute=20)},
    "compute-leaderboard": {"task": "leaderboard.compute", "schedule": crontab(hour=3, minute=10)},
}

# --- Languages --------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [
    ("fr", "Français"),
    ("en", "English"),
    ("da", "Dansk"),
    ("sv", "Svenska"),
    ("lt", "Lietuvių"),
]
MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("en", "fr")}
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "comparia.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "var/static")
# Of the DSFR's package only the files are used: its templates and its table of settings are not.
DSFR = Path(find_spec("dsfr").origin).parent / "static/dsfr/dist"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (f"dsfr/{part}", DSFR / part)
        for part in ("core", "component", "utility", "fonts", "icons", "artwork", "favicon")
    ),
]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "var/media")
MEDIA_URL = "/media/"
WHITENOISE_USE_FINDERS = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security ---------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portals.views.csrf_failure"
COOKIE_PREFIX = "" if LOCAL else "__Host-"  # by which a browser takes a cookie from this very host alone, by https
VISITOR_COOKIE = f"{COOKIE_PREFIX}visitor"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
if not LOCAL:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=63_072_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
HEADERS = {
    "Permissions-Policy": ", ".join(
        [
            *("clipboard-write=(self)", "fullscreen=(self)", "web-share=(self)"),
            *(
                f"{feature}=()"
                for feature in (
                    *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture"),
                    *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts"),
                    *("magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock"),
                    *("serial", "usb", "window-management", "xr-spatial-tracking"),
                )
            ),
        ]
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",  # unless the view says better
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "worker-src": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": not LOCAL,
    }
}
# How many proxies of ours stand in front of the site: that many hops of X-Forwarded-For, from the right, are true.
# Left at 0 behind one, all visitors would count as one address.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Whom to tell of a hole, "mailto:…" or an address; empty: the portal's own contact. And where our policy is, if it is.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
SECURITY_POLICY = env.str("SECURITY_POLICY", default="")

# --- The staff's door: docs/security.md -----------------------------------------------------------------
ADMIN_HOST = env.str("ADMIN_HOST", default="").lower()  # the admin answers there alone; empty: on every host
ADMIN_PATH_IS_CHOSEN = bool(env.str("ADMIN_PATH", default=""))
ADMIN_PATH = (env.str("ADMIN_PATH", default="") or "admin").strip("/") + "/"
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not LOCAL)
STAFF_IDLE_SECONDS = env.int("STAFF_IDLE_SECONDS", default=30 * 60)
STAFF_SESSION_SECONDS = SESSION_COOKIE_AGE = env.int("STAFF_SESSION_SECONDS", default=10 * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
] + [{"NAME": "staff.passwords.NotOurs"}]
# Wrong passwords are counted in Redis, by account and by network, of which a keyed hash is kept.
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "staff.lockout.whose"
AXES_LOCKOUT_CALLABLE = "staff.lockout.refuse"
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
# OpenID Connect, such as ProConnect, in place of the password; the second factor is asked in any case.
if OIDC_RP_CLIENT_ID := env.str("OIDC_RP_CLIENT_ID", default=""):
    OIDC_RP_CLIENT_SECRET = required("OIDC_RP_CLIENT_SECRET")
    OIDC_OP_ISSUER = required("OIDC_OP_ISSUER")
    OIDC_OP_AUTHORIZATION_ENDPOINT = required("OIDC_OP_AUTHORIZATION_ENDPOINT")
    OIDC_OP_TOKEN_ENDPOINT = required("OIDC_OP_TOKEN_ENDPOINT")
    OIDC_OP_USER_ENDPOINT = required("OIDC_OP_USER_ENDPOINT")
    OIDC_OP_JWKS_ENDPOINT = required("OIDC_OP_JWKS_ENDPOINT")
    OIDC_NAME = env.str("OIDC_NAME", default="ProConnect")
    OIDC_RP_SCOPES = env.str("OIDC_RP_SCOPES", default="openid email")
    OIDC_RP_SIGN_ALGO = env.str("OIDC_RP_SIGN_ALGO", default="RS256")
    OIDC_AUTH_REQUEST_EXTRA_PARAMS = env.dict("OIDC_AUTH_REQUEST_EXTRA_PARAMS", default={})
    OIDC_CREATE_USER, OIDC_USE_PKCE, OIDC_TIMEOUT = False, True, 10
    AUTHENTICATION_BACKENDS.append("staff.oidc.Backend")

# --- Mail: EMAIL_URL says through which server; without it messages are read in the admin alone -------
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 5

# --- The arena --------------------------------------------------------------------------------------
LOCAL_MODELS_URL = env.str("LOCAL_MODELS_URL", default="")
ARENA_DRAW_POLICY = env.str("ARENA_DRAW_POLICY", default="balanced")  # a name in arena.pairing.POLICIES
ARENA_MOST_TURNS = env.int("ARENA_MOST_TURNS", default=20)  # of one comparison
ENDPOINT_CHECK_MINUTES = env.int("ENDPOINT_CHECK_MINUTES", default=10)
ARENA_FIRST_TOKEN_SECONDS = env.float("ARENA_FIRST_TOKEN_SECONDS", default=60 if LOCAL else 10)
ARENA_SILENCE_SECONDS = env.float("ARENA_SILENCE_SECONDS", default=30)
ARENA_ANSWER_SECONDS = env.float("ARENA_ANSWER_SECONDS", default=900)  # the whole of it
ARENA_ABANDON_SECONDS = env.float("ARENA_ABANDON_SECONDS", default=60)
ARENA_LEASE_SECONDS = env.float("ARENA_LEASE_SECONDS", default=15)
# A model that moderates questions, at an OpenAI-compatible address; empty: none, and no question goes there. By
# "moderations", the interface of that name, or by "chat", a model that is told to sort. docs/checks.md.
MODERATION_BASE_URL = env.str("MODERATION_BASE_URL", default="")
MODERATION_MODEL = env.str("MODERATION_MODEL", default="")
MODERATION_API_KEY = env.str("MODERATION_API_KEY", default="")
MODERATION_BY = env.str("MODERATION_BY", default="moderations")
MODERATION_SECONDS = env.float("MODERATION_SECONDS", default=2)

# --- It holds: docs/holding.md ---------------------------------------------------------------------------
# Asked to stop, a process ends within so many seconds; meanwhile it serves pages at least until balancers, which look
# at /readyz, have noticed.
SHUTDOWN_SECONDS = env.float("SHUTDOWN_SECONDS", default=3 if LOCAL else 25)
SHUTDOWN_NOTICE_SECONDS = env.float("SHUTDOWN_NOTICE_SECONDS", default=0 if LOCAL else 5)
LARGEST_REQUEST_BYTES = env.int("LARGEST_REQUEST_BYTES", default=20_000_000)
SLOWEST_REQUEST_SECONDS = env.float("SLOWEST_REQUEST_SECONDS", default=30)  # to come whole, or to take a part of a file
MOST_REQUESTS = env.int("MOST_REQUESTS", default=300)  # that wait for one of the six threads, or have one
REQUEST_SECONDS = env.float("REQUEST_SECONDS", default=30)  # until a response, waiting included
BUSY_SECONDS = env.int("BUSY_SECONDS", default=5)  # after which who was turned away is asked to come again
# Of one process: answers written at once, sockets open, and those of one visitor.
ARENA_MOST_ANSWERS = env.int("ARENA_MOST_ANSWERS", default=400)
ARENA_MOST_SOCKETS = env.int("ARENA_MOST_SOCKETS", default=2000)
ARENA_MOST_SOCKETS_OF_VISITOR = env.int("ARENA_MOST_SOCKETS_OF_VISITOR", default=20)

# --- How much may be asked, and from when on it must be proved or waited for: docs/limits.md ----------
ARENA_VISITOR_PROMPTS_PER_HOUR = env.int("ARENA_VISITOR_PROMPTS_PER_HOUR", default=120)
ARENA_VISITOR_CHARACTERS_PER_HOUR = env.int("ARENA_VISITOR_CHARACTERS_PER_HOUR", default=2_000_000)
ARENA_VISITOR_DOLLARS_PER_HOUR = env.float("ARENA_VISITOR_DOLLARS_PER_HOUR", default=5)
ARENA_VISITOR_DOLLARS_PER_DAY = env.float("ARENA_VISITOR_DOLLARS_PER_DAY", default=15)
ARENA_ADDRESS_PROMPTS_PER_HOUR = env.int("ARENA_ADDRESS_PROMPTS_PER_HOUR", default=6000)  # a whole school's
ARENA_ADDRESS_CHARACTERS_PER_HOUR = env.int("ARENA_ADDRESS_CHARACTERS_PER_HOUR", default=40_000_000)
ARENA_ADDRESS_DOLLARS_PER_HOUR = env.float("ARENA_ADDRESS_DOLLARS_PER_HOUR", default=150)
ARENA_ADDRESS_DOLLARS_PER_DAY = env.float("ARENA_ADDRESS_DOLLARS_PER_DAY", default=400)
ARENA_ROOM_PROMPTS_PER_HOUR = env.int("ARENA_ROOM_PROMPTS_PER_HOUR", default=1500)  # a whole class's
ARENA_ROOM_CHARACTERS_PER_HOUR = env.int("ARENA_ROOM_CHARACTERS_PER_HOUR", default=10_000_000)
ARENA_ROOM_DOLLARS_PER_HOUR = env.float("ARENA_ROOM_DOLLARS_PER_HOUR", default=40)
ARENA_ROOM_DOLLARS_PER_DAY = env.float("ARENA_ROOM_DOLLARS_PER_DAY", default=100)
ARENA_PROOF_ADDRESS_PROMPTS = env.int("ARENA_PROOF_ADDRESS_PROMPTS", default=200)  # in ten minutes
ARENA_PROOF_SITE_PROMPTS = env.int("ARENA_PROOF_SITE_PROMPTS", default=600)  # in one minute
ARENA_PROOF_COST = env.int("ARENA_PROOF_COST", default=4000)  # rounds of SHA-256 in each of some 256 trials
ARENA_PROOF_WAIT_SECONDS = env.int("ARENA_PROOF_WAIT_SECONDS", default=20)  # of who has no JavaScript
ARENA_PROOF_WAITERS = env.int("ARENA_PROOF_WAITERS", default=60)  # of one address, in ten minutes
CONTACT_MESSAGES_PER_HOUR = env.int("CONTACT_MESSAGES_PER_HOUR", default=20)  # from one address

# --- Which votes are set aside, in shadow: arena/watching/seen.py and docs/abuse.md say what each means ----
WATCH = {
    "repeats": env.int("WATCH_REPEATS", default=20),
    "burst": env.int("WATCH_BURST", default=30),
    "unread": env.int("WATCH_UNREAD", default=8),
    "unread_share": env.float("WATCH_UNREAD_SHARE", default=0.9),
    "unread_speed": env.float("WATCH_UNREAD_SPEED", default=100),
    "unread_seconds": env.float("WATCH_UNREAD_SECONDS", default=1),
    "few": env.int("WATCH_FEW", default=10),
    "fresh_days": env.float("WATCH_FRESH_DAYS", default=7),
    "ring_visitors": env.int("WATCH_RING_VISITORS", default=10),
    "ring_times": env.float("WATCH_RING_TIMES", default=1.5),
    "ring_lean": env.float("WATCH_RING_LEAN", default=0.15),
    "false_alarms": env.float("WATCH_FALSE_ALARMS", default=1e-6),
}

# --- Open data ---------------------------------------------------------------------------------------
RELEASES_DIR = env.path("RELEASES_DIR", default=BASE_DIR / "var/releases")
RELEASE_DELAY_DAYS = env.int("RELEASE_DELAY_DAYS", default=7)  # time to change one's mind before a release
# Under it, and nowhere else, a destination of the admin may be a folder of this machine; empty: none may.
PUBLICATION_FOLDER = env.str("PUBLICATION_FOLDER", default="")
# A second opinion on each turn, by a model that LiteLLM names ("mistral/mistral-small-latest") or by Presidio
# ("fr=fr_core_news_sm"); empty: the local rules alone, and no conversation leaves the machine.
ANALYSIS_MODEL = env.str("ANALYSIS_MODEL", default="")
ANALYSIS_BASE_URL = env.str("ANALYSIS_BASE_URL", default="")
ANALYSIS_API_KEY = env.str("ANALYSIS_API_KEY", default="")
ANALYSIS_PRESIDIO = env.dict("ANALYSIS_PRESIDIO", default={})

# --- How many days the site keeps what it no longer needs: docs/retention.md -------------------------
RETENTION_DAYS = {
    "sessions": 0,  # past their own end
    "staff": env.int("RETENTION_STAFF_DAYS", default=395),  # the journal of who entered
    "messages": env.int("RETENTION_MESSAGES_DAYS", default=395),  # of visitors, once handled
    "rooms": env.int("RETENTION_ROOMS_DAYS", default=30),  # past their end
    "unpublished": env.int("RETENTION_UNPUBLISHED_DAYS", default=395),
    "attempts": env.int("RETENTION_ATTEMPTS_DAYS", default=395),
    "visitors": env.int("RETENTION_VISITORS_DAYS", default=395),
    "analyses": 0,
    "legacy": 0,
}

# --- Audience: how often each page is read, without cookies nor addresses; off unless asked for: docs/audience.md
AUDIENCE = env.bool("AUDIENCE", default=False)
if AUDIENCE:
    CELERY_BEAT_SCHEDULE |= {
        "keep-audience": {"task": "portals.keep_audience", "schedule": 60, "options": {"expires": 50}}
    }

# --- Watching: docs/observability.md ------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # without one, /metrics is nowhere
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    from comparia import reports

    reports.start(SENTRY_DSN)
LOG_FORMAT = env.str("LOG_FORMAT", default="line" if LOCAL else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_codes": {"()": "comparia.logs.WithoutCodes"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "comparia.logs.JSONLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["without_codes"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "ERROR"},  # its lines hold what was typed as a name; the journal of the staff tells enough
        "httpx": {"level": "WARNING"},  # its lines hold addresses, and those of storages are signed
        "comparia.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

if not LOCAL:
    refuse_what_is_unsafe(globals(), env.str("FIELD_KEYS", default=""))
