"""What is done about a question, portal by portal; whom to call in distress; how often each check found something."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portals.caching import kept


class Mode(models.TextChoices):
    OFF = "off", _("off")
    LOG = "log", _("count only")
    WARN = "warn", _("warn")
    BLOCK = "block", _("block")


class Category(models.TextChoices):
    CONTACT = "contact", _("Contact details")
    NUMBER = "number", _("Identity and bank numbers")
    SECRET = "secret", _("Passwords and keys")
    NAME = "name", _("Names and dates of birth")
    SELF_HARM = "self_harm", _("Distress")
    HATE = "hate", _("Hate")
    HARASSMENT = "harassment", _("Harassment and threats")
    SEXUAL = "sexual", _("Sexual content")
    MINORS = "minors", _("Sexual content about minors")
    VIOLENCE = "violence", _("Violence")
    ILLICIT = "illicit", _("Crimes and dangerous acts")


PERSONAL = (Category.CONTACT, Category.NUMBER, Category.SECRET, Category.NAME)
BY_MODEL = (
    Category.HATE,
    Category.HARASSMENT,
    Category.SEXUAL,
    Category.MINORS,
    Category.VIOLENCE,
    Category.ILLICIT,
)
"""Those that only a moderation model finds: off for everyone until settings name one."""


def mode_field(category, default=Mode.OFF, **options):
    return models.CharField(category.label, max_length=5, choices=Mode, default=default, **options)


class PromptRules(models.Model):
    """The mode of each category, on one portal. A portal without a row has the defaults."""

    class Away(models.TextChoices):
        PASS = "pass", _("send the question all the same")
        REFUSE = "refuse", _("ask the visitor to try again")

    portal = models.OneToOneField("portals.Portal", on_delete=models.CASCADE, related_name="+")
    contact = mode_field(Category.CONTACT, Mode.WARN, help_text=_("E-mail and postal addresses, telephones, IP."))
    number = mode_field(Category.NUMBER, Mode.WARN, help_text=_("National numbers, bank accounts, bank cards."))
    secret = mode_field(Category.SECRET, Mode.WARN)
    name = mode_field(Category.NAME, Mode.LOG, help_text=_("Only where a sentence says whose they are."))
    self_harm = models.CharField(
        Category.SELF_HARM.label,
        max_length=5,
        choices=[choice for choice in Mode.choices if choice[0] != Mode.BLOCK],
        default=Mode.WARN,
        help_text=_("To warn is to show the help lines beside the answers; the question is always sent."),
    )
    hate = mode_field(Category.HATE)
    harassment = mode_field(Category.HARASSMENT)
    sexual = mode_field(Category.SEXUAL)
    minors = mode_field(Category.MINORS)
    violence = mode_field(Category.VIOLENCE)
    illicit = mode_field(Category.ILLICIT)
    if_away = models.CharField(
        _("If the moderation model does not answer"), max_length=6, choices=Away, default=Away.PASS
    )

    class Meta:
        verbose_name = _("checks of questions")
        verbose_name_plural = _("checks of questions")
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{category}__in": ["off", "log", "warn", "block"]}), name=f"known_mode_{category}"
                )
                for category in Category.values
                if category != Category.SELF_HARM
            ),
            models.CheckConstraint(condition=Q(self_harm__in=["off", "log", "warn"]), name="distress_never_refused"),
            models.CheckConstraint(condition=Q(if_away__in=["pass", "refuse"]), name="known_if_away"),
        ]

    def __str__(self):
        return str(self.portal)

    @classmethod
    def of(cls, portal):
        """Those in force on a portal, as of some seconds ago."""
        return kept(
            f"prompt-rules:{portal.pk}", lambda: cls.objects.filter(portal=portal).first() or cls(portal=portal)
        )

    def mode(self, category):
        return Mode(getattr(self, category))


class HelpLine(models.Model):
    """Someone to talk to, in a country: that of a portal's electricity zone."""

    country = models.CharField(max_length=3, help_text=_("ISO 3166 code, or WOR for the world."))
    name = models.CharField(max_length=100, help_text=_("As it calls itself."))
    phone = models.CharField(max_length=30, blank=True)
    url = models.URLField(blank=True)
    is_always_open = models.BooleanField(default=False, help_text=_("Day and night, every day."))
    is_free = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    source = models.URLField(blank=True, help_text=_("Where the number was checked."))
    checked_on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("help line")
        verbose_name_plural = _("help lines")
        ordering = ["country", "order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(phone="", url=""), name="help_line_can_be_reached"),
            models.UniqueConstraint(fields=["country", "name"], name="help_line_once"),
        ]

    def __str__(self):
        return f"{self.name} ({self.country})"

    @property
    def called(self):
        """What a telephone dials."""
        return self.phone.replace(" ", "")

    @classmethod
    def of(cls, portal):
        """Those of a portal's country, in order, as of some seconds ago."""
        country = portal.electricity_zone
        return kept(f"help-lines:{country}", lambda: list(cls.objects.filter(country=country)))


class PromptCheckCount(models.Model):
    """How many questions of a day met with an outcome. Nothing of a question, nor of who asked it, is kept."""

    class Outcome(models.TextChoices):
        LOGGED = "logged", _("found, and sent")
        HELPED = "helped", _("sent, help lines shown")
        WARNED = "warned", _("visitor warned")
        INSISTED = "insisted", _("sent after the warning")
        BLOCKED = "blocked", _("refused")
        UNCHECKED = "unchecked", _("model away, sent")
        HELD = "held", _("model away, refused")

    portal = models.ForeignKey("portals.Portal", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    category = models.CharField(max_length=10, choices=Category)
    mode = models.CharField(max_length=5, choices=Mode)
    outcome = models.CharField(max_length=9, choices=Outcome)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("count of checks")
        verbose_name_plural = _("counts of checks")
        ordering = ["-day", "portal", "category", "mode", "outcome"]
        constraints = [
            models.UniqueConstraint(fields=["portal", "day", "category", "mode", "outcome"], name="one_count_a_day")
        ]

    def __str__(self):
        return f"{self.day} {self.category} {self.outcome}: {self.count}"

    @classmethod
    def add(cls, portal_id, category, mode, outcome):
        """One more, today."""
        key = {
            "portal_id": portal_id,
            "category": category,
            "mode": mode,
            "outcome": outcome,
            "day": timezone.localdate(),
        }
        cls.objects.bulk_create([cls(**key)], ignore_conflicts=True)
        cls.objects.filter(**key).update(count=F("count") + 1)
