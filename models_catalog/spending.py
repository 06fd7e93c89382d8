"""What each endpoint cost, day by day, and its daily ceiling, which is never passed: docs/cost.md.

A call of an endpoint that has a ceiling first reserves the most that it may cost, by one conditional UPDATE: however
many processes call at once, what is spent and what is reserved stay under the ceiling together. Once the answer is
saved, in the same transaction, the reserve gives way to what it cost. What a killed process reserved stays counted
until the day is over. The last tenth of a ceiling is for conversations that go on: no draw uses it.
"""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portals.caching import kept

log = logging.getLogger(__name__)
DRAWN_UNTIL = Decimal("0.9")
TOLD_FROM = Decimal("0.8")
"""Shares of a ceiling: where the endpoint leaves the draw, and where the staff are told."""
UNKNOWN_PRICES = Decimal(1), Decimal(5)
"""US dollars per million tokens of input and output, of a good model in 2026: for a ceiling without prices."""
CHARACTERS_PER_TOKEN = 2
"""At the least, in the languages of the site: a reserve is never too small."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Put aside for a call; `dollars` is 0 where there is no ceiling."""

    day: date | None
    dollars: Decimal = Decimal(0)


NOTHING = Reserve(None)


@dataclass(frozen=True, slots=True)
class Spent:
    """What an answer cost; `dollars` is 0 where a price is not known and there is no ceiling."""

    input_tokens: int = 0
    output_tokens: int = 0
    dollars: Decimal = Decimal(0)


class Spending(models.Model):
    """Of one endpoint, in one day of the site's time zone."""

    model = models.ForeignKey("LanguageModel", models.CASCADE, related_name="spendings", verbose_name=_("model"))
    endpoint = models.ForeignKey("Endpoint", models.SET_NULL, null=True, related_name="spendings")
    provider = models.CharField(_("provider"), max_length=50)
    day = models.DateField(_("day"))
    answers = models.PositiveIntegerField(_("answers given"), default=0)
    input_tokens = models.PositiveBigIntegerField(_("tokens read"), default=0)
    output_tokens = models.PositiveBigIntegerField(_("tokens written"), default=0)
    dollars = models.DecimalField(_("US dollars"), max_digits=14, decimal_places=8, default=0)
    reserved = models.DecimalField(_("reserved"), max_digits=14, decimal_places=8, default=0)

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        ordering = ["-day", "model"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "day"], name="one_spending_a_day")]
        indexes = [models.Index(fields=["day"], name="spending_days")]

    def __str__(self):
        return f"{self.day} {self.model_id}: {self.dollars}"


RESERVE = """
    INSERT INTO models_catalog_spending AS spending
        (model_id, endpoint_id, provider, day, answers, input_tokens, output_tokens, dollars, reserved)
    SELECT model_id, id, provider, %(day)s, 0, 0, 0, 0, %(dollars)s
    FROM models_catalog_endpoint WHERE id = %(endpoint)s
    ON CONFLICT (endpoint_id, day) DO UPDATE SET reserved = spending.reserved + excluded.reserved
    WHERE spending.dollars + spending.reserved + excluded.reserved <= %(ceiling)s
    RETURNING dollars + reserved"""
SETTLE = """
    INSERT INTO models_catalog_spending AS spending
        (model_id, endpoint_id, provider, day, answers, input_tokens, output_tokens, dollars, reserved)
    SELECT model_id, id, provider, %(day)s, %(answers)s, %(input)s, %(output)s, %(dollars)s, 0
    FROM models_catalog_endpoint WHERE id = %(endpoint)s
    ON CONFLICT (endpoint_id, day) DO UPDATE SET
        answers = spending.answers + excluded.answers,
        input_tokens = spending.input_tokens + excluded.input_tokens,
        output_tokens = spending.output_tokens + excluded.output_tokens,
        dollars = spending.dollars + excluded.dollars,
        reserved = greatest(spending.reserved - %(reserved)s, 0)"""


def reserve(endpoint, characters):
    """Put aside the most that a call may cost after reading so many characters; None where the ceiling forbids it."""
    day = timezone.localdate()
    ceiling = endpoint.daily_ceiling
    if ceiling is None:
        return Reserve(day)
    dollars = dollars_of(endpoint, characters // CHARACTERS_PER_TOKEN + 1, endpoint.max_tokens)
    if dollars > ceiling:
        return None
    with connection.cursor() as cursor:
        cursor.execute(RESERVE, {"endpoint": endpoint.pk, "day": day, "dollars": dollars, "ceiling": ceiling})
        found = cursor.fetchone()
    if found is None:
        return None
    if found[0] >= TOLD_FROM * ceiling > found[0] - dollars:
        log.warning("endpoint %s of %s: %d %% of its daily ceiling", endpoint.pk, day, 100 * found[0] / ceiling)
    return Reserve(day, dollars)


def settle(endpoint, reserve, spent):
    """An answer is over: what it cost, in place of what was put aside. Within the transaction that saves it."""
    counted = {"answers": 1, "input": spent.input_tokens, "output": spent.output_tokens, "dollars": spent.dollars}
    whose = {"endpoint": endpoint.pk, "day": reserve.day, "reserved": reserve.dollars}
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, whose | counted)


def give_back(endpoint, reserve):
    """Nothing was asked of it, or nothing came."""
    if endpoint is not None and reserve.dollars:
        spending = Spending.objects.filter(endpoint=endpoint, day=reserve.day)
        spending.update(reserved=models.F("reserved") - reserve.dollars)


def dollars_of(endpoint, input_tokens, output_tokens):
    """At the endpoint's prices. A price that is not known counts only against a ceiling."""
    prices = endpoint.input_price, endpoint.output_price
    if endpoint.daily_ceiling is not None:
        prices = [assumed if price is None else price for price, assumed in zip(prices, UNKNOWN_PRICES, strict=True)]
    if None in prices:
        return Decimal(0)
    return (prices[0] * input_tokens + prices[1] * output_tokens) / 1_000_000


def is_in_draw(endpoint):
    """Whether its ceiling leaves room for new conversations, as of a few seconds ago."""
    ceiling = endpoint.daily_ceiling
    return ceiling is None or today().get(endpoint.pk, 0) < DRAWN_UNTIL * ceiling


def today():
    """{endpoint's id: dollars spent or reserved today}, of those that have a ceiling, as of a few seconds ago."""
    day = timezone.localdate()
    return kept(f"spent:{day}", lambda: _spent_with_ceiling(day))


def with_ceiling():
    """[(endpoint, dollars spent or reserved today)] of the endpoints in use that have a ceiling, the nearest first."""
    from .models import Endpoint

    endpoints = Endpoint.objects.filter(is_enabled=True, daily_ceiling__isnull=False).select_related("model")
    spent = _spent_with_ceiling(timezone.localdate())
    found = [(endpoint, spent.get(endpoint.pk, Decimal(0))) for endpoint in endpoints]
    return sorted(found, key=lambda each: each[0].daily_ceiling - each[1])


def near_ceiling():
    """Those of which the staff must know."""
    return [each for each in with_ceiling() if each[1] >= TOLD_FROM * each[0].daily_ceiling]


def _spent_with_ceiling(day):
    rows = Spending.objects.filter(day=day, endpoint__daily_ceiling__isnull=False)
    return dict(rows.values_list("endpoint", models.F("dollars") + models.F("reserved")))
