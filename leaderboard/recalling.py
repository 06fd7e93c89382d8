"""The rating of a model night after night, and what happened to it meanwhile, from the register of the catalogue."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, localtime

from models_catalog import journal
from models_catalog.models import LanguageModel

from . import reading
from .timelines import Night, Timeline, timeline

SHAPES = ((960, 360, 6), (380, 320, 3))
"""Width, height and dates on the axis: for a screen and for a phone."""
MOST_EVENTS = 200


@dataclass(frozen=True)
class Drawn:
    picture: Timeline
    times: list


@dataclass(frozen=True)
class Happened:
    """What the register has of one day; `number` on the picture, 0 for a day before the first night."""

    number: int
    day: object
    events: list


@dataclass(frozen=True)
class Story:
    """`nights` are ratings, the last first; `days` of the register, likewise; `pictures` are empty if never ranked."""

    model: LanguageModel
    nights: list
    days: list
    pictures: list

    @property
    def marked(self):
        return [day for day in self.days if day.number]

    @property
    def before(self):
        return [day for day in self.days if not day.number]


def story(board, model, is_public):
    """Of a model on this board; what happened is told of a model that has a sheet here."""
    ratings = list(reading.trajectory(board, model))
    ranked = [rating for rating in ratings if rating.rank]
    events = journal.of_models(LanguageModel.objects.filter(pk=model.pk))[:MOST_EVENTS] if is_public else []
    days = journal.by_day(events)
    first = localtime(ratings[0].at).date() if ratings else None
    drawn = sorted(day for day, _events in days if first and day >= first)
    numbers = {day: number for number, day in enumerate(drawn, 1)}
    return Story(
        model,
        ranked[::-1],
        [Happened(numbers.get(day, 0), day, found) for day, found in days],
        _pictures(ratings, drawn) if ranked else [],
    )


def _pictures(ratings, days):
    nights = [Night(rating.at.timestamp(), rating.score, rating.low, rating.high) for rating in ratings]
    zone = get_current_timezone()
    at = [max(datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp(), nights[0].at) for day in days]
    pictures = []
    for shape in SHAPES:
        picture = timeline(nights, at, *shape)
        times = [
            (x, date_format(datetime.fromtimestamp(seconds, zone), "SHORT_DATE_FORMAT"), anchor)
            for x, seconds, anchor in picture.times
        ]
        pictures.append(Drawn(picture, times))
    return pictures
