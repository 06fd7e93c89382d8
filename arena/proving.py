"""What shows that a question costs its sender something, when there are too many: a proof of work, or a wait.

The proof is ALTCHA's: a number to be found by trial, which the browser does by itself (static/comparia/proof.js). Who
has no JavaScript waits, with a ticket that says from when it is good. Both are signed, bound to the visitor, good for
some minutes, and serve once (portals.limiting.charge).
"""

import secrets
import time
from typing import NamedTuple

import altcha
from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

ALGORITHM = "PBKDF2/SHA-256"  # which browsers compute as fast as anybody
GOOD_SECONDS = 600
LONGEST = 2_000  # characters, far more than any proof has
EXPIRED = _("The check was made too long ago to count. A new one has begun.")
REFUSED = _("The check did not succeed. A new one has begun.")
REPLAYED = _("This check already served for another question. A new one has begun.")
TOO_EARLY = _("It is a little early: wait a few more seconds, then send your question.")


class Shown(NamedTuple):
    """What came with a question: the name of what it showed, or why that does not count; neither if nothing came."""

    name: str = ""
    problem: str = ""
    is_wait: bool = False


def challenge(visitor_key):
    """A new one, as JSON has it: some 256 trials find its number."""
    made = altcha.create_challenge(
        ALGORITHM,
        settings.ARENA_PROOF_COST,
        expires_at=int(time.time()) + GOOD_SECONDS,
        data={"visitor": whose(visitor_key)},
        hmac_secret=secret(),
    )
    return made.to_dict()


def ticket(visitor_key):
    """Good from ARENA_PROOF_WAIT_SECONDS on."""
    content = [whose(visitor_key), secrets.token_hex(16), time.time() + settings.ARENA_PROOF_WAIT_SECONDS]
    return signing.dumps(content, salt="arena.ticket")


def shown(fields, visitor_key):
    """What these fields of a form show: a proof before a ticket, since the form that is sent by itself has both."""
    if proof := fields.get("proof"):
        return _proof(proof, visitor_key)
    if sent := fields.get("ticket"):
        return _ticket(sent, visitor_key)
    return Shown()


def _proof(sent, visitor_key):
    result = altcha.verify_solution(sent[:LONGEST], secret())
    if not result.verified:
        return Shown(problem=EXPIRED if result.expired else REFUSED)
    parameters = altcha.Payload.from_base64(sent).challenge.parameters
    if not constant_time_compare(parameters.data["visitor"], whose(visitor_key)):
        return Shown(problem=REFUSED)
    return Shown(f"limit:proof:{parameters.nonce}")


def _ticket(sent, visitor_key):
    good = settings.ARENA_PROOF_WAIT_SECONDS + GOOD_SECONDS
    try:
        owner, nonce, good_from = signing.loads(sent[:LONGEST], salt="arena.ticket", max_age=good)
    except signing.SignatureExpired:
        return Shown(problem=EXPIRED)
    except signing.BadSignature:
        return Shown(problem=REFUSED)
    if not constant_time_compare(owner, whose(visitor_key)):
        return Shown(problem=REFUSED)
    if time.time() < good_from:
        return Shown(problem=TOO_EARLY)
    return Shown(f"limit:proof:{nonce}", is_wait=True)


def whose(visitor_key):
    return salted_hmac("arena.proof.visitor", visitor_key, algorithm="sha256").hexdigest()


def secret():
    return salted_hmac("arena.proof", "", algorithm="sha256").digest()
