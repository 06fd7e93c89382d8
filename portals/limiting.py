"""How often something may be done, counted in Redis, in one round trip whatever is counted.

No address and no visitor is kept: a keyed hash, until its window ends. A window begins with the first thing counted.
"""

import hmac
import ipaddress
import logging
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django_redis import get_redis_connection

from .caching import CACHE_AWAY

log = logging.getLogger(__name__)
HOUR = 3600
DAY = 24 * HOUR


class Counter(NamedTuple):
    """`amount` more of what may reach `limit` in so many seconds. What alone exceeds a limit passes once a window."""

    key: str
    limit: int
    amount: int = 1
    seconds: int = HOUR


class Outcome(NamedTuple):
    """What came of a charge; nothing was counted unless it `passes`."""

    over: Counter | None = None
    """The limit to wait for, if one is reached; the longest to wait for, if several are."""
    wait: int = 0
    """Seconds until then."""
    needs_proof: bool = False
    is_replayed: bool = False
    """Whether the proof was there, but had served before."""

    @property
    def passes(self):
        return self.over is None and not self.needs_proof


ADD = """
-- KEYS: the counters, then the proof if there is one. ARGV: how many of the counters are limits (the others are
-- thresholds, past which a proof is asked for), seconds for which a proof is remembered; then of each counter its
-- limit, amount and seconds.
local limits, remembered, counters = tonumber(ARGV[1]), ARGV[2], (#ARGV - 2) / 3
local values = redis.call('MGET', unpack(KEYS))
local over, wait, needs_proof = 0, 0, false
for i = 1, counters do
  local used, limit, amount = tonumber(values[i] or '0'), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  if used >= limit or (i <= limits and used > 0 and used + amount > limit) then
    if i > limits then
      needs_proof = true
    else
      local left = redis.call('TTL', KEYS[i])
      if left < 0 then left = tonumber(ARGV[3 * i + 2]) end
      if over == 0 or left > wait then over, wait = i, math.max(left, 1) end
    end
  end
end
if over > 0 then return {1, over, wait} end
if needs_proof then
  local proof = KEYS[counters + 1]
  if not proof then return {2} end
  if not redis.call('SET', proof, 1, 'NX', 'EX', remembered) then return {3} end
end
for i = 1, counters do
  local amount = tonumber(ARGV[3 * i + 1])
  if amount > 0 and redis.call('INCRBY', KEYS[i], amount) == amount then
    redis.call('EXPIRE', KEYS[i], ARGV[3 * i + 2])
  end
end
return {0}
"""
TAKE_BACK = """
for i = 1, #ARGV do
  if tonumber(redis.call('GET', KEYS[i]) or '0') > tonumber(ARGV[i]) then redis.call('DECRBY', KEYS[i], ARGV[i])
  else redis.call('DEL', KEYS[i]) end
end
if KEYS[#ARGV + 1] then redis.call('DEL', KEYS[#ARGV + 1]) end
"""
_scripts = {}
_is_away = False


def charge(limits, thresholds=(), proof="", remembered=HOUR):
    """Count all of it, or nothing if a limit is reached, or if a threshold is and there is no new proof.

    `proof` names a proof that was verified: it serves once in `remembered` seconds. Atomic: whatever comes at the
    same moment, no limit is exceeded. Without Redis everything passes.
    """
    counters = [*limits, *thresholds]
    arguments = [len(limits), remembered]
    for counter in counters:
        arguments += counter[1:]
    keys = [counter.key for counter in counters]
    result = _run(ADD, [*keys, proof] if proof else keys, arguments)
    match result:
        case [1, place, wait]:
            return Outcome(over=limits[place - 1], wait=wait)
        case [2] | [3]:
            return Outcome(needs_proof=True, is_replayed=result == [3])
    return Outcome()


def take_back(counters, proof=""):
    """Undo a charge that passed: nothing came of it, and its proof can serve again."""
    keys = [counter.key for counter in counters]
    _run(TAKE_BACK, [*keys, proof] if proof else keys, [counter.amount for counter in counters])


def _run(source, keys, arguments):
    """What the script returns; None where Redis is away, which is said once until it is back."""
    global _is_away
    try:
        redis = get_redis_connection("default")
        script = _scripts.get(source) or _scripts.setdefault(source, redis.register_script(source))
        result = script(keys, arguments, client=redis)
    except CACHE_AWAY as error:
        if not _is_away:
            log.warning("limits are not applied: %s", type(error).__name__)
        _is_away = True
        return None
    if _is_away:
        log.warning("limits are applied again")
    _is_away = False
    return result


def key_of(what, whose=""):
    """Says nothing of the visitor nor of the address to who lacks the site's secret."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"{what}:{whose}".encode(), "sha256")
    return f"limit:{what}:{digest.hex()[:32]}"


def key_of_address(request):
    return key_of("address", network_of(address_of(request)))


def address_of(request):
    """The client's address. Of X-Forwarded-For only the hops that our own proxies wrote are true: the last ones."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")


def network_of(address):
    """What one subscriber holds: an IPv4 address, or the /64 of an IPv6 one, of which each has 2⁶⁴."""
    try:
        found = ipaddress.ip_address(_without_port(address))
    except ValueError:  # no address: a socket of the machine
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), 64), strict=False))


def _without_port(address):
    """Some proxies write the port of the client too, which changes with each connection."""
    is_with_port = address.startswith("[") or address.count(":") == 1
    return (urlsplit(f"//{address}").hostname or "") if is_with_port else address.partition("%")[0]
