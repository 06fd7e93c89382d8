"""What the reveal says of each side: who answered, and what all its answers cost."""

from dataclasses import dataclass

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
    quantization: str = ""
    method: str = ""
    bar_x: float = 0
    bar_width: float = 0
    equivalents: tuple = ()


def sides(comparison, turns):
    """Both sides in order, from the turns' views."""
    preferred = preference(turns)
    revealed = [_side(comparison, turns, side, preferred == side) for side in ("a", "b")]
    longest = max((side.totals["energy_wh_max"] or 0 for side in revealed), default=0)
    for side in revealed:
        low, high = side.totals["energy_wh_min"], side.totals["energy_wh_max"]
        if longest and high is not None:
            side.bar_x = 100 * low / longest
            side.bar_width = max(1, 100 * (high - low) / longest)
    return revealed


def preference(turns):
    """The side preferred on the last turn that prefers one, or None."""
    for turn in reversed(turns):
        if turn.vote and turn.vote.choice in ("a_better", "b_better"):
            return turn.vote.choice[0]
    return None


def _side(comparison, turns, side, is_preferred):
    answers = [answer.answer for turn in turns for answer in turn.answers if answer.side == side]
    model_id = comparison.model_a_id if side == "a" else comparison.model_b_id
    answers = [answer for answer in answers if answer.model_id == model_id]
    model = answers[-1].model if answers else comparison.model(side)
    totals = {name: total(getattr(answer, name) for answer in answers) for name in SUMMED}
    found = None
    if totals["energy_wh_min"] is not None:
        found = impact.Impact(
            energy_wh=impact.Range(totals["energy_wh_min"], totals["energy_wh_max"]),
            gco2=impact.Range(totals["gco2_min"], totals["gco2_max"]),
            water_l=impact.Range(totals["water_l_min"], totals["water_l_max"]),
            method=answers[-1].impact_method,
        )
    return RevealedSide(
        side=side,
        model=model,
        tokens=total(answer.output_tokens for answer in answers),
        totals=totals,
        zones=sorted({answer.electricity_zone or "WOR" for answer in answers}),
        is_preferred=is_preferred,
        quantization=answers[-1].quantization if answers else "",
        method=answers[-1].impact_method if answers else "",
        equivalents=tuple(impact.equivalents(found)) if found else (),
    )


def total(values):
    """Their sum; None if there are none, or if one is not known."""
    values = list(values)
    return None if not values or None in values else sum(values)
