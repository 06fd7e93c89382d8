"""What a person sends back of a turn that they reviewed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Span

ADDED = 3


class ReviewForm(forms.Form):
    """The decision and its reason, and which passages found stay personal data."""

    REDACT, ACCEPT, EXCLUDE = "redact", "accept", "exclude"

    seen = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[(REDACT, REDACT), (ACCEPT, ACCEPT), (EXCLUDE, EXCLUDE)])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "aria-describedby": "reason-help"}),
        help_text=_("Kept with the decision. Copy no personal data here."),
    )
    spans = forms.MultipleChoiceField(required=False)

    def __init__(self, *arguments, spans, **options):
        super().__init__(*arguments, **options)
        self.fields["spans"].choices = [(str(span.pk), "") for span in spans]


class PassageForm(forms.Form):
    """A passage that the rules missed, exactly as it is written; it counts wherever it stands in the turn."""

    passage = forms.CharField(label=_("Passage, exactly as it is written"), max_length=500, required=False)
    kind = forms.ChoiceField(label=_("What it is"), choices=Span.Kind, initial=Span.Kind.NAME, required=False)


PassageForms = forms.formset_factory(PassageForm, extra=ADDED, max_num=ADDED)
