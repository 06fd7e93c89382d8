"""What the reveal says of each side: who answered, and what all its answers cost."""

from dataclasses import dataclass, field

from models_catalog import impact
from models_catalog.models import LanguageModel

SUMMED = ("energy_wh_min", "energy_wh_max", "gco2_min", "gco2_max", "water_l_min", "water_l_max")


@dataclass
class RevealedSide:
    """Totals over the comparison's answers of this side; None where one of them is not known.

    `bar_x` and `bar_width` place the energy's range on the scale that both sides share, from 0 to 100.
    """

    side: str
    model: LanguageModel
    tokens: int | None
    totals: dict
    zones: list
    is_preferred: bool
    is_smaller: bool = False
    quantization: str = ""
    method: str = ""
    bar_x: float = 0
    bar_width: float = 0
    equivalents: tuple = field(init=False)

    def __post_init__(self):
        found = self.totals["energy_wh_min"] is not None and impact.Impact(
            energy_wh=impact.Range(self.totals["energy_wh_min"], self.totals["energy_wh_max"]),
            gco2=impact.Range(self.totals["gco2_min"], self.totals["gco2_max"]),
            water_l=impact.Range(self.totals["water_l_min"], self.totals["water_l_max"]),
            method=self.method,
        )
        self.equivalents = tuple(impact.equivalents(found)) if found else ()


def sides(comparison, answers, preferred):
    """Both sides in order, from the comparison's answers (rows with their models) and the side preferred, or None."""
    return side_by_side(*(_side(comparison, answers, side, preferred == side) for side in ("a", "b")))


def side_by_side(*pair):
    """The same two sides, set on one scale and told which is the smaller."""
    longest = max((side.totals["energy_wh_max"] or 0 for side in pair), default=0)
    small = smaller_side(*(side.model for side in pair))
    for side in pair:
        side.is_smaller = side.side == small
        low, high = side.totals["energy_wh_min"], side.totals["energy_wh_max"]
        if longest and high is not None:
            side.bar_width = max(1, 100 * (high - low) / longest)
            side.bar_x = min(100 * low / longest, 100 - side.bar_width)
    return list(pair)


def smaller_side(model_a, model_b):
    """The side of the model with fewer parameters; None if a size is not known, or is too rough an estimate to say."""
    if not model_a.total_params or not model_b.total_params:
        return None
    (a_least, a_most), (b_least, b_most) = map(_size, (model_a, model_b))
    return "a" if a_most < b_least else "b" if b_most < a_least else None


def _size(model):
    scales = impact.ESTIMATE if model.are_params_estimated else (1.0, 1.0)
    return [model.total_params * scale for scale in scales]


def preference(choices):
    """The side preferred by the last of these choices that prefers one, or None."""
    return next((choice[0] for choice in reversed(choices) if choice in ("a_better", "b_better")), None)


def _side(comparison, answers, side, is_preferred):
    model_id = comparison.model_a_id if side == "a" else comparison.model_b_id
    answers = [answer for answer in answers if answer.side == side and answer.model_id == model_id]
    return RevealedSide(
        side=side,
        model=answers[-1].model if answers else comparison.model(side),
        tokens=total(answer.output_tokens for answer in answers),
        totals={name: total(getattr(answer, name) for answer in answers) for name in SUMMED},
        zones=sorted({answer.electricity_zone or "WOR" for answer in answers}),
        is_preferred=is_preferred,
        quantization=answers[-1].quantization if answers else "",
        method=answers[-1].impact_method if answers else "",
    )


def total(values):
    """Their sum; None if there are none, or if one is not known."""
    values = list(values)
    return None if not values or None in values else sum(values)
