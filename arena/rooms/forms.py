"""What a teacher and a pupil send."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Room, Vote, new_link

HOUR, DAY = 60, 24 * 60


class OpenForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What do pupils do?"), choices=Room.Kind, initial=Room.Kind.SHARED, widget=forms.RadioSelect
    )
    minutes = forms.TypedChoiceField(
        label=_("How long does it stay open?"),
        help_text=_("You can close it sooner, or prolong it."),
        coerce=int,
        initial=2 * HOUR,
        choices=[
            (HOUR, _("1 hour")),
            (2 * HOUR, _("2 hours")),
            (4 * HOUR, _("4 hours")),
            (DAY, _("1 day")),
            (7 * DAY, _("1 week")),
        ],
    )
    publish = forms.BooleanField(
        label=_("Publish what is asked in this room, as everywhere else on the site"),
        help_text=_("Left unticked, nothing of it is published nor ranked. Pupils are told either way."),
        required=False,
    )
    link = forms.RegexField(r"\A[A-Za-z0-9_-]{22}\Z", widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["link"] = new_link()


class JoinForm(forms.Form):
    """To come in; where what is asked is published, the box must be ticked."""

    consent = forms.BooleanField(
        label=_("I agree that my questions, the answers and my votes are published without my name."),
        error_messages={"required": _("To come in, please accept that what you write is published without your name.")},
    )

    def __init__(self, *args, room, **kwargs):
        super().__init__(*args, **kwargs)
        if not room.publish:
            del self.fields["consent"]


class RoomVoteForm(forms.Form):
    turn = forms.IntegerField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        choices=Vote.Choice,
        error_messages={
            "required": _("Choose one of the five answers to vote."),
            "invalid_choice": _("Choose one of the five answers to vote."),
        },
    )
