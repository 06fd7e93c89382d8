"""How much longer a conversation may go on: in turns, and in what its two models can read."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max
from django.db.models.functions import Length

from models_catalog.models import LanguageModel
from portals.caching import kept

CHARACTERS_PER_TOKEN = 3  # the languages of the site take 3 to 4.5
ANSWERS_SHARE = 0.25  # of the window, for the answer to come
UNKNOWN_WINDOW = 16_384  # tokens; hardly a model of today reads less
SHORTEST = 500  # characters without which another question is not worth its place
FEW_TURNS = 3


@dataclass(frozen=True)
class Left:
    """What may still be asked: this many questions, and characters of all that is to come."""

    turns: int
    characters: int
    room: int
    """Characters that the two models can read in all."""

    @property
    def is_over(self):
        return self.turns < 1 or self.characters < SHORTEST

    @property
    def has_few_turns(self):
        return self.turns <= FEW_TURNS

    @property
    def is_near(self):
        """Near its end, which is then said."""
        return self.has_few_turns or self.characters < max(self.room / 5, 4 * SHORTEST)


def left(number, used, models):
    """After turn `number` of a conversation of `used` characters between the models of these ids."""
    room = round(min(map(window, models)) * CHARACTERS_PER_TOKEN * (1 - ANSWERS_SHARE))
    return Left(settings.ARENA_MOST_TURNS - number, room - used, room)


def window(model_id):
    """How many tokens a model can read, as of some seconds ago."""
    return kept(
        f"window:{model_id}",
        lambda: LanguageModel.objects.values_list("context_window", flat=True).get(pk=model_id) or UNKNOWN_WINDOW,
    )


def length(prompt, *answers):
    """What a turn takes of the conversation: each model reads its own answer, so the longer one counts."""
    return len(prompt) + max(map(len, answers), default=0)


def used(comparison, before=None):
    """Characters of a comparison's turns, or of those before one."""
    turns = comparison.turns.filter(number__lt=before) if before else comparison.turns
    turns = turns.order_by().annotate(asked=Length("prompt"), answered=Max(Length("answers__text")))
    return sum(asked + (answered or 0) for asked, answered in turns.values_list("asked", "answered"))
