"""Why a publication stopped, as a code: never the words of a service, which may repeat a key."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRIED = frozenset({"busy", "unavailable", "cut", "changed", "interrupted", "unknown"})
"""What may pass by itself. The rest waits for a person."""
LONGEST_WAIT = 86_400


class Refused(ValueError):
    """A publication stops here, with one of the codes of `sentences`.

    `wait` is how many seconds the service asks for. A ValueError: the client of data.gouv.fr tries anything else again.
    """

    def __init__(self, code: str, wait: int | None = None, status: int | None = None) -> None:
        super().__init__(f"{code} ({status})" if status else code)
        self.code = code
        self.wait = wait


def of_status(status: int, retry_after: str | None = None) -> Refused | None:
    """What an HTTP status of a service says; None if all is well."""
    if status < 300:
        return None
    if status == 429:
        return Refused("busy", seconds(retry_after), status)
    if status >= 500 or status == 408:
        return Refused("too_large" if status == 507 else "unavailable", seconds(retry_after), status)
    if status == 413:
        return Refused("too_large", status=status)
    if status in (401, 402, 403, 404, 410) or status < 400:
        return Refused("misconfigured", status=status)
    return Refused("invalid", status=status)


def seconds(retry_after: str | None) -> int | None:
    """How long a Retry-After header asks to wait, at most a day; it holds seconds or a date."""
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return min(int(retry_after), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0, round((at - datetime.now(UTC)).total_seconds())), LONGEST_WAIT)
