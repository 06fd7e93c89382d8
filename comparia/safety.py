"""What production refuses to start with. Each sentence names the variable to change."""

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 12


def refuse_what_is_unsafe(settings, field_keys):
    """Raise ImproperlyConfigured with everything that is unsafe in these settings, a sentence each."""
    if found := [*problems(settings, field_keys)]:
        raise ImproperlyConfigured("The site does not start with unsafe settings.\n" + "\n".join(found))


def problems(settings, field_keys):
    secret, hosts = settings["SECRET_KEY"], settings["ALLOWED_HOSTS"]
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS or secret.startswith("django-insecure"):
        yield f"SECRET_KEY is weak: {SHORTEST_SECRET} random characters at least."
    if settings["DEBUG"]:
        yield "DEBUG is on: error pages would show the code and the settings."
    for host in hosts:
        if host in ("*", ".") or host.startswith("*"):
            yield f"ALLOWED_HOSTS accepts any host ({host}): name each."
    keys = [key for key in field_keys.split(",") if key]
    if not keys:
        yield "FIELD_KEYS is missing: without it no secret can be stored nor read."
    for place, key in enumerate(keys, 1):
        if not is_fernet_key(key):
            yield f"FIELD_KEYS: key {place} is no Fernet key (Fernet.generate_key() makes one)."
    for origin in settings["CSRF_TRUSTED_ORIGINS"]:
        if not origin.startswith("https://") or "://*" in origin:
            yield f"CSRF_TRUSTED_ORIGINS: {origin} is not the address of one site that is reached by https."
    if not settings["ADMIN_HOST"] and not settings["ADMIN_PATH_IS_CHOSEN"]:
        yield "ADMIN_HOST and ADMIN_PATH are both unset: say on which host, or at which path, the staff enters."
    if settings["ADMIN_HOST"].startswith(".") or "*" in settings["ADMIN_HOST"]:
        yield "ADMIN_HOST is one host, without a wildcard."
    if not settings["STAFF_SECOND_FACTOR"]:
        yield "STAFF_SECOND_FACTOR is off: the staff would enter with a password alone."
    for name in ("AUTHORIZATION", "TOKEN", "USER", "JWKS"):
        address = settings.get(f"OIDC_OP_{name}_ENDPOINT", "")
        if address and not address.startswith("https://"):
            yield f"OIDC_OP_{name}_ENDPOINT is not reached by https."


def is_fernet_key(key):
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
