"""What the processes of the site read from their environment on this machine."""

import json
import os
import secrets
from pathlib import Path

from . import servers
from .models_server import DEFAULT_URL


def environment(root: Path) -> dict[str, str]:
    """The caller's variables, completed by private services (started if need be) and a lasting secret key."""
    url = {"LOCAL_MODELS_URL": local_models_url(root)} if wants_local_models(root) else {}
    return {
        **os.environ,
        "LOCAL": "1",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or _secret_key(root / "var" / "secret.key"),
        "PYTHONUNBUFFERED": "1",
        **servers.ensure(root / "var", durable=True),
        **url,
    }


def wants_local_models(root: Path) -> bool:
    """LOCAL_MODELS says so; without it, yes unless the environment has a provider's key."""
    choice = os.environ.get("LOCAL_MODELS")
    if choice is not None:
        return choice.lower() not in ("", "0", "no", "false")
    return bool(os.environ.get("LOCAL_MODELS_URL")) or not provider_keys(root)


def local_models_url(root: Path) -> str:
    """Where the local models are, or will be."""
    return os.environ.get("LOCAL_MODELS_URL") or DEFAULT_URL


def provider_keys(root: Path) -> list[str]:
    """The variables of the environment that open a provider of the catalogue."""
    catalogue = json.loads((root / "models_catalog" / "data" / "catalogue.json").read_text())
    names = {provider.get("api_key_variable") for provider in catalogue["providers"].values()}
    return sorted(name for name in names if name and os.environ.get(name))


def _secret_key(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()
