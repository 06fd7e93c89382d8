"""The duel that a class reads together: where it stands, and what the teacher does with it."""

from dataclasses import dataclass

from django.db import transaction

from .. import answering, asking, drafts, refusals, voting
from ..models import Answer, Comparison, Room
from ..refusals import Refused

WAITING, WRITING, VOTING, BROKEN, REVEALED, CLOSED = STAGES = (
    *("waiting", "writing", "voting", "broken"),
    *("revealed", "closed"),
)


@dataclass(frozen=True)
class Duel:
    """The room's present question: its comparison and last turn (None while there is none), and its answers' rows
    without their texts."""

    stage: str
    comparison: Comparison | None = None
    turn_id: int | None = None
    number: int = 0
    answers: tuple = ()

    @property
    def can_be_followed(self):
        """Whether the next question may be asked."""
        return self.stage in (WAITING, BROKEN, REVEALED)

    @property
    def state(self):
        """What decides how the answers look, their texts aside while they are written."""
        return tuple((answer.side, answer.status, answer.finished_at) for answer in self.answers)


def duel(room):
    """Where the room's duel stands, in one query where room.comparison is loaded; nothing of a closed room."""
    if not room.is_open:
        return Duel(CLOSED)
    if room.comparison is None or room.comparison.erased_at:
        return Duel(WAITING)
    answers = Answer.objects.filter(turn__comparison=room.comparison).order_by("-turn__number", "side")
    answers = answers.select_related("turn").only("side", "status", "finished_at", "turn__number")
    answers = tuple(answers[:2])
    if room.comparison.revealed_at:
        stage = REVEALED
    elif not all(answer.is_over for answer in answers):
        stage = WRITING
    else:
        stage = BROKEN if any(answer.is_broken for answer in answers) else VOTING
    return Duel(stage, room.comparison, answers[0].turn_id, answers[0].turn.number, answers)


def keep_running(found):
    """See that the answers are written, as long as somebody in the room looks at them."""
    if found.stage != WRITING:
        return
    if any(answer.status == Answer.Status.PENDING for answer in found.answers):
        answering.ensure_running(found.comparison.pk)
    drafts.mark_seen(found.comparison.pk)


def ask(room, *, prompt, mode, chosen, suggestion, submission_key, language, consent, purse=None):
    """The next question of the room. It belongs to the browser that opened the room, whoever of the teacher's asks."""
    if not room.is_open:
        raise Refused(refusals.ROOM_CLOSED)
    with transaction.atomic():
        locked = Room.objects.select_for_update(of=("self",)).select_related("comparison", "portal").get(pk=room.pk)
        made = asking.submitted(submission_key, locked.owner_key)
        if made is not None:
            return made
        if not duel(locked).can_be_followed:
            raise Refused(refusals.WAIT_FOR_REVEAL)
        locked.comparison = asking.begin(
            portal=locked.portal,
            language=language,
            visitor_key=locked.owner_key,
            consent=consent,
            submission_key=submission_key,
            mode=mode,
            chosen=chosen,
            prompt=prompt,
            suggestion=suggestion,
            room=locked,
            purse=purse,
        )
        locked.save(update_fields=["comparison"])
    return locked.comparison


def present(room):
    """The room's comparison; refused if there is none."""
    if room.comparison is None:
        raise Refused(refusals.NO_DUEL)
    return room.comparison


def reveal(room):
    """Show who answered, to the whole room; in a closed one too, for the sheet."""
    voting.reveal(present(room), needs_vote=False)


def stop(room):
    asking.stop(present(room), duel(room).number)


def retry(room, purse=None):
    """Ask again the side that broke off, or both."""
    found = duel(room)
    broken = [answer.side for answer in found.answers if answer.is_broken]
    if broken:
        asking.retry(found.comparison, found.number, *broken, purse=purse)


def past(room):
    """Every shared duel of the room that was not erased, in the order they were asked."""
    if not room.owner_key:
        return Comparison.objects.none()
    return room.comparisons.owned_by(room.owner_key).filter(erased_at=None).order_by("created_at", "pk")
