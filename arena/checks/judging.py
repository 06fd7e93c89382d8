"""What happens to a question before it is sent: nothing, a count, a warning, or a refusal."""

from dataclasses import dataclass, field

from django.utils.crypto import constant_time_compare, salted_hmac

from arena import limits

from . import distress, moderating, passages
from .models import BY_MODEL, Category, Mode, PromptCheckCount, PromptRules

Outcome = PromptCheckCount.Outcome
MOST_SHOWN = 8
AGREED = "send_anyway"
"""The name of the button that sends a question after a warning: its value says of which warnings, and signs it."""


@dataclass
class Verdict:
    """Of one question. It goes on unless it `stops`: the visitor then reads why, beside the text that they typed."""

    passages: list = field(default_factory=list)
    categories: list = field(default_factory=list)
    """What the moderation model says, without any passage."""
    must_change: bool = False
    is_held: bool = False
    """The moderation model does not answer, and the portal wants no question without it."""
    agreement: str = ""
    """What the button sends, or what it sent already."""

    @property
    def shown(self):
        return self.passages[:MOST_SHOWN]

    @property
    def more(self):
        """Passages past those that are shown."""
        return max(0, len(self.passages) - MOST_SHOWN)

    @property
    def stops(self):
        return bool(self.is_held or self.passages or self.categories)


def judge(request, prompt):
    """The verdict on a question, counted. The moderation model is asked only if the local rules let it go on."""
    rules = PromptRules.of(request.portal)
    agreed = agreed_in(request.POST.get(AGREED, ""), request.visitor_key, prompt)
    told = passages.found_in(prompt, request.LANGUAGE_CODE)
    found = {passage.category for passage in told}
    if distress.is_said(prompt):
        found.add(Category.SELF_HARM)
    stopping = stopped_by(rules, found, agreed)
    asked = {category for category in BY_MODEL if rules.mode(category) != Mode.OFF}
    if not stopping and asked and moderating.is_configured():
        said = moderating.found_or_away(prompt) if limits.may_be_moderated(request) else None
        if said is None and rules.if_away == PromptRules.Away.REFUSE:
            count(rules, asked, Outcome.HELD)
            return Verdict(is_held=True, agreement=request.POST.get(AGREED, "") if agreed else "")
        if said is None:
            count(rules, asked, Outcome.UNCHECKED)
        else:
            found |= said & asked
            stopping = stopped_by(rules, found, agreed)
    blocked = {category for category in stopping if rules.mode(category) == Mode.BLOCK}
    count(rules, blocked, Outcome.BLOCKED)
    count(rules, stopping - blocked, Outcome.WARNED)
    if not stopping:
        sent(rules, found)
    return Verdict(
        passages=[passage for passage in told if passage.category in stopping],
        categories=[category for category in BY_MODEL if category in stopping],
        must_change=bool(blocked),
        agreement="" if blocked else signed(stopping | agreed, request.visitor_key, prompt),
    )


def stopped_by(rules, found, agreed):
    """Those of the categories found that stop the question: never distress, nor what the visitor was warned of."""
    refused = {category for category in found if rules.mode(category) == Mode.BLOCK}
    warned = {category for category in found if rules.mode(category) == Mode.WARN} - {Category.SELF_HARM}
    return refused | (warned - agreed)


def sent(rules, found):
    """Count what was found in a question that goes on."""
    for category in sorted(found):
        mode = rules.mode(category)
        if mode == Mode.LOG:
            count(rules, [category], Outcome.LOGGED)
        elif mode == Mode.WARN:
            count(rules, [category], Outcome.HELPED if category == Category.SELF_HARM else Outcome.INSISTED)


def count(rules, categories, outcome):
    for category in sorted(categories):
        PromptCheckCount.add(rules.portal_id, category, rules.mode(category), outcome)


# --- What a visitor agreed to: these categories, in this very text ------------------------------------


def signed(categories, visitor_key, prompt):
    names = ",".join(sorted(categories))
    return f"{names}:{signature(names, visitor_key, prompt)}"


def agreed_in(value, visitor_key, prompt):
    """The categories that this visitor was warned of, in this text and no other."""
    names, _colon, given = value.partition(":")
    if not constant_time_compare(signature(names, visitor_key, prompt), given):
        return set()
    return set(names.split(","))


def signature(names, visitor_key, prompt):
    return salted_hmac("arena.checks", "\0".join([names, visitor_key, prompt]), algorithm="sha256").hexdigest()
