"""What a model needs before the public sees it, and who may give it which status."""

from django.conf import settings
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portals.caching import kept
from portals.models import Portal

from .models import LanguageModel

Status = LanguageModel.Status
WORK = {Status.DRAFT, Status.REVIEW}
"""Before publication, or withdrawn for correction: no sheet."""
MOVES = {
    Status.DRAFT: {Status.REVIEW, Status.ENABLED},
    Status.REVIEW: {Status.DRAFT, Status.ENABLED},
    Status.ENABLED: {Status.REVIEW, Status.PAUSED, Status.ARCHIVED},
    Status.PAUSED: {Status.REVIEW, Status.ENABLED, Status.ARCHIVED},
    Status.ARCHIVED: {Status.REVIEW, Status.ENABLED, Status.PAUSED},
}
"""A draft is never paused or archived: that would show its sheet without the rule below."""
TEXTS = ("description", "size_description", "did_you_know", "known_limits")
SOURCED = ("total_params", "licence", "release_date")


class Refused(Exception):
    """A change that the rules do not allow; `sentences` say why, to an editor."""

    def __init__(self, sentences):
        super().__init__(*sentences)
        self.sentences = list(sentences)


def lacks(model):
    """A sentence for each thing that must be there before this model becomes enabled."""
    sentences = [_("Missing source: %(fact)s") % {"fact": name_of(fact)} for fact in missing_sources(model)]
    if not any(endpoint.answered_at and endpoint.is_usable() for endpoint in model.endpoints.all()):
        sentences.append(_("No endpoint in use has answered a test"))
    names = dict(settings.LANGUAGES)
    for text, language in missing_texts(model):
        words = {"text": name_of(text), "language": names[language]}
        sentences.append(_("Missing text: %(text)s (%(language)s)") % words)
    return sentences


def missing_sources(model):
    """The stated facts, among those that need one, that have no source."""
    sourced = {source.field for source in model.sources.all()}
    return [fact for fact in SOURCED if getattr(model, fact) is not None and fact not in sourced]


def missing_texts(model):
    """(text, language) pairs that are empty, in the language of each open portal that shows this model."""
    return [
        (text, language)
        for language in languages_of(model)
        for text in TEXTS
        if not (getattr(model, f"{text}_{language}") or "").strip()
    ]


def languages_of(model):
    """The default languages of the open portals that show this model, in the order of the settings."""
    listed = {portal.default_language for portal in model.portals.all()}
    everywhere = kept(
        "default_languages", lambda: set(Portal.objects.open().values_list("default_language", flat=True))
    )
    return [code for code, _name in settings.LANGUAGES if code in (listed or everywhere)]


def name_of(field):
    return capfirst(LanguageModel._meta.get_field(field).verbose_name)


def can_publish(user):
    return user.has_perm("models_catalog.publish_languagemodel")


def moves(user, status):
    """The statuses that this user may leave a model in, that has this one now: the same, and others."""
    possible = {status} | MOVES[status]
    if not can_publish(user):
        possible = possible & WORK if status in WORK else {status}
    return [choice for choice in Status if choice in possible]


def needs_reason(before, after):
    """Whether the register tells this change: it then tells why."""
    return before != after and not {before, after} <= WORK


def was_public(model):
    """Whether this model's sheet has ever been shown: its identifier is then part of published data."""
    published = Q(kind__in=["enabled", "paused", "archived", "withdrawn"])
    return model.events.filter(published | Q(kind="added") & ~Q(after__in=WORK)).exists()


def move(model, status, user, reason):
    """Give a model another status; raises Refused, and then nothing is written. The caller holds the row's lock."""
    if status not in moves(user, model.status):
        words = {"model": model, "now": model.get_status_display(), "status": Status(status).label}
        raise Refused([_("%(model)s: from “%(now)s” it cannot become “%(status)s”.") % words])
    if status == Status.ENABLED and model.status != status and (missing := lacks(model)):
        raise Refused([_("%(model)s: %(missing)s") % {"model": model, "missing": "; ".join(missing)}])
    model.status = status
    model._history_user, model._change_reason = user, reason[:100]
    model.save()
