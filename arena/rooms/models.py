"""A class room, who is in it, and what pupils voted there."""

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Comparison, Turn, Vote
from ..querysets import RoomQuerySet


def new_link():
    """For an address that opens a door: 128 bits."""
    return secrets.token_urlsafe(16)


class Room(models.Model):
    """A class room: pupils join with its code; nothing of it is published unless that was asked when it opened.

    Its shared duels are its comparisons that belong to `owner_key`, the browser that opened it; the others are pupils'.
    """

    class Kind(models.TextChoices):
        SHARED = "shared", _("Everyone reads the same duel")
        OWN = "own", _("Each has their own")

    code = models.CharField(max_length=12, unique=True)
    owner_key = models.CharField(max_length=64, blank=True)
    link = models.CharField(
        max_length=32, unique=True, default=new_link, help_text=_("Secret: who opens it leads the room.")
    )
    portal = models.ForeignKey("portals.Portal", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SHARED)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    publish = models.BooleanField(default=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RoomQuerySet.as_manager()

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("room", args=[self.code])

    @property
    def is_open(self):
        return self.expires_at > timezone.now()

    @property
    def is_shared(self):
        return self.kind == self.Kind.SHARED

    @property
    def code_in_pairs(self):
        """As it is shown and read aloud: a letter and a digit at a time."""
        return " ".join(self.code[place : place + 2] for place in range(0, len(self.code), 2))


class RoomMember(models.Model):
    """A browser in a room: a pupil's, or another one of the teacher's, that came by the secret link."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="members")
    visitor_key = models.CharField(max_length=64)
    is_teacher = models.BooleanField(default=False)
    consent = models.ForeignKey(
        "portals.LegalVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "visitor_key"], name="in_a_room_once")]


class RoomVote(models.Model):
    """A pupil's choice on a question of the shared duel, for the projector: never a Vote."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="votes")
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="room_votes")
    visitor_key = models.CharField(max_length=64)
    choice = models.CharField(max_length=10, choices=Vote.Choice)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn", "visitor_key"], name="one_vote_per_pupil"),
            models.CheckConstraint(
                condition=Q(choice__in=["a_better", "b_better", "both_good", "both_bad", "cannot_say"]),
                name="known_room_choice",
            ),
        ]
