"""The votes of a class on its shared duel: one for each pupil and question, open to change until the reveal."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from .. import asking, refusals
from ..models import RoomVote
from ..refusals import Refused

ORDER = ("a_better", "both_good", "both_bad", "b_better", "cannot_say")


@dataclass(frozen=True)
class Bar:
    """How many chose so; `width` is its bar, from 0 to 100, the most chosen being the longest."""

    choice: str
    votes: int
    width: float
    is_first: bool


@dataclass(frozen=True)
class Tally:
    bars: tuple
    votes: int

    @property
    def preferred(self):
        """The side that more pupils found better, or None."""
        votes = {bar.choice: bar.votes for bar in self.bars}
        difference = votes["a_better"] - votes["b_better"]
        return "a" if difference > 0 else "b" if difference < 0 else None


def cast(room, visitor_key, turn_id, choice):
    """Record or change a pupil's vote. The comparison's lock decides between a vote and the reveal."""
    if not room.is_open:
        raise Refused(refusals.ROOM_CLOSED)
    if room.comparison is None:
        raise Refused(refusals.NO_DUEL)
    with transaction.atomic():
        comparison = asking.lock(room.comparison)
        turn = comparison.turns.order_by("-number").first()
        if turn.pk != turn_id:
            raise Refused(refusals.NEXT_QUESTION)
        answers = list(turn.answers.only("status"))
        if any(answer.is_broken for answer in answers):
            raise Refused(refusals.SIDE_FAILED)
        if not all(answer.is_finished for answer in answers):
            raise Refused(refusals.NOT_FINISHED)
        RoomVote.objects.update_or_create(turn=turn, visitor_key=visitor_key, defaults={"room": room, "choice": choice})


def tally(turn_id):
    """The Tally of a question, in one query."""
    found = RoomVote.objects.filter(turn=turn_id).values_list("choice").annotate(votes=Count("pk")).order_by()
    return of(dict(found))


def of(votes):
    """A Tally from {choice: votes}."""
    most = max(votes.values(), default=0)
    bars = tuple(
        Bar(choice, votes.get(choice, 0), 100 * votes.get(choice, 0) / most if most else 0, votes.get(choice) == most)
        for choice in ORDER
    )
    return Tally(bars, sum(votes.values()))


def choice_of(turn_id, visitor_key):
    """What this pupil chose, or an empty text."""
    return RoomVote.objects.filter(turn=turn_id, visitor_key=visitor_key).values_list("choice", flat=True).first() or ""
