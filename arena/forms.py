"""What a visitor sends, and what is wrong with it, in words."""

import uuid

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import asking
from .models import Comparison, Vote, VoteTag

LONGEST_PROMPT = 60_000
LONGEST_COMMENT = 2_000


class PromptField(forms.CharField):
    def __init__(self, **kwargs):
        super().__init__(
            max_length=LONGEST_PROMPT,
            label=_("Your question"),
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={
                "required": _("Write your question first."),
                "max_length": _("Your question is too long: %(show_value)d characters, for %(limit_value)d at most."),
            },
            **kwargs,
        )

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class ModelsField(forms.MultipleChoiceField):
    """The slugs chosen in two menus; one left on “At random” sends an empty value, which says nothing."""

    def to_python(self, value):
        return [slug for slug in super().to_python(value) if slug]


class PromptForm(forms.Form):
    """A first question, in a class room if any; `needs_consent` asks for the box to be ticked. Cleaned, `chosen` holds
    ids of models."""

    prompt = PromptField()
    mode = forms.ChoiceField(
        label=_("Which models?"),
        choices=Comparison.Mode,
        initial=Comparison.Mode.RANDOM,
        required=False,
    )
    models = ModelsField(label=_("Models"), required=False)
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    suggestion = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    consent = forms.BooleanField(
        label=_("I agree that my questions, the answers and my votes are published without my name."),
        error_messages={"required": _("To go on, please accept that what you write is published without your name.")},
    )

    def __init__(self, *args, portal, needs_consent, room=None, terms=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.portal = portal
        self.terms = terms
        self.room = room
        self.needs_consent = needs_consent
        self.fields["mode"].choices = [
            (mode.value, mode.label) for mode in Comparison.Mode if mode in asking.possible_modes(portal)
        ]
        models = self.fields["models"]
        models.choices = lambda: [(contender.slug, contender.name) for contender in self.contenders.values()]
        models.error_messages["invalid_choice"] = _("The model “%(value)s” cannot be chosen. Choose another one.")
        if not needs_consent:
            del self.fields["consent"]
        elif self.is_unpublished:
            self.fields["consent"].label = _("I have read these rules, and I accept the terms of use.")
            self.fields["consent"].error_messages["required"] = _("To go on, please accept the rules and the terms.")
        if not self.is_bound:
            self.initial.setdefault("submission_key", uuid.uuid4())

    @property
    def is_unpublished(self):
        """Whether nothing of it is published, since the class room that it is asked in is not."""
        return self.room is not None and not self.room.publish

    @cached_property
    def contenders(self):
        """Asked for only when the list is shown or chosen from."""
        return asking.contenders(self.portal)

    def clean_consent(self):
        """A consent is to the version that was shown, and to no later one."""
        shown = self.data.get("terms")
        if shown and self.terms and shown != str(self.terms.pk):
            message = _("The terms of use have just changed: please read them, and accept them anew.")
            raise forms.ValidationError(message)
        return self.cleaned_data["consent"]

    def clean_mode(self):
        return self.cleaned_data["mode"] or Comparison.Mode.RANDOM

    def clean_submission_key(self):
        return self.cleaned_data["submission_key"] or uuid.uuid4()

    def clean(self):
        slugs = self.cleaned_data.get("models", [])
        if self.cleaned_data.get("mode") != Comparison.Mode.CUSTOM:
            slugs = []
        elif "models" in self.cleaned_data:
            if not slugs:
                self.add_error("models", _("Choose one model, or two different ones."))
            elif len(slugs) > 2:
                self.add_error("models", _("Choose two models at most."))
            elif len(set(slugs)) != len(slugs):
                self.add_error("models", _("Choose two different models."))
        ids = {contender.slug: model_id for model_id, contender in self.contenders.items()} if slugs else {}
        self.cleaned_data["chosen"] = [ids[slug] for slug in slugs]
        return self.cleaned_data


class FollowUpForm(forms.Form):
    """A further question; `number` is that of the turn it makes, so that sending it twice makes one."""

    prompt = PromptField()
    number = forms.IntegerField(min_value=2, max_value=1000, widget=forms.HiddenInput)


class VoteForm(forms.Form):
    choice = forms.ChoiceField(
        choices=Vote.Choice,
        error_messages={
            "required": _("Choose one of the five answers to vote."),
            "invalid_choice": _("Choose one of the five answers to vote."),
        },
    )
    tags_a = forms.MultipleChoiceField(required=False)
    tags_b = forms.MultipleChoiceField(required=False)
    comment_a = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    comment_b = forms.CharField(required=False, max_length=LONGEST_COMMENT)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        codes = [(tag.code, tag.label) for tag in VoteTag.offered()]
        for name in ("tags_a", "tags_b"):
            self.fields[name].choices = codes
            self.fields[name].error_messages["invalid_choice"] = _("The word “%(value)s” is not in the list.")
