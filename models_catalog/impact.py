"""What an answer costs the planet, as ranges: EcoLogits' model of inference, and what we do not know of each answer.

Pure: numbers in, numbers out. docs/impact.md gives the method, its assumptions, and what moves the figure most.
Source of the model: https://ecologits.ai, package ecologits, function ``ecologits.impacts.llm.compute_llm_impacts``.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any

METHOD = f"ecologits {version('ecologits')}/1"
"""The version of EcoLogits, then that of the assumptions below: raise it when one of them changes."""

BATCH_SIZES = (32, 128)
"""Requests that a server answers together: half and twice what EcoLogits takes (64)."""
BITS = {"": (8, 16), "q8": (8, 8), "q4": (4, 4)}
"""Bits of a weight. A model published in 16 bits is often served in 8, and providers seldom say so."""
ESTIMATE = (0.3, 1.7)
"""How far the size of an undisclosed model may be from its estimate: it holds most of EcoLogits' own intervals."""
MEMORY_OVERHEAD = 1.2
"""What running takes beside the weights (the conversations' cache, buffers): a fifth more, as EcoLogits counts it."""
ENERGY_CLASSES = ((0.1, "A"), (0.2, "B"), (0.4, "C"), (0.8, "D"), (1.6, "E"), (3.2, "F"))
"""Under so many Wh for 1,000 tokens; "G" from the last on. Each class takes twice the one before."""
UNKNOWN_ZONES = ("SWE", "USA", "WOR")
"""Where the zone is unknown: those where EcoLogits places providers, and the world's mix, which it takes otherwise."""


@dataclass(frozen=True, slots=True)
class Range:
    min: float
    max: float

    def times(self, factor: float) -> "Range":
        """The range multiplied by a number that is not negative."""
        return Range(self.min * factor, self.max * factor)


@dataclass(frozen=True, slots=True)
class Impact:
    """Electricity in Wh, greenhouse gases in g CO2 eq (electricity and making of the servers), water in litres."""

    energy_wh: Range
    gco2: Range
    water_l: Range
    method: str


@dataclass(frozen=True, slots=True)
class Equivalent:
    """An everyday act that costs as much: ``code`` is "led_bulb" or "video_streaming", ``unit`` "hours", "minutes" or
    "seconds", chosen for the top of the range."""

    code: str
    amount: Range
    unit: str


@dataclass(frozen=True, slots=True)
class Hosting:
    """A provider's data centres: electricity drawn per unit computed (PUE), litres of water per kWh computed (WUE)."""

    pue: Range
    wue: Range
    batch_sizes: tuple[int, int] = BATCH_SIZES


UNKNOWN_HOSTING = Hosting(Range(1.09, 1.20), Range(0.09, 0.999))
"""From the best to the worst of the providers that EcoLogits knows."""
HOSTINGS = {
    "anthropic": Hosting(Range(1.09, 1.14), Range(0.13, 0.999)),
    "cohere": Hosting(Range(1.09, 1.09), Range(0.999, 0.999)),
    "mistral": Hosting(Range(1.16, 1.16), Range(0.09, 0.09)),
    "openai": Hosting(Range(1.20, 1.20), Range(0.569, 0.569)),
    "vertex_ai": Hosting(Range(1.09, 1.09), Range(0.999, 0.999)),
    # A machine of one's own cools nothing with water, and serves one request at a time or a few.
    "local": Hosting(Range(1, 1), Range(0, 0), (1, 64)),
}
"""By Endpoint.provider. Sources: EcoLogits' PROVIDER_CONFIG_MAP; for "local", docs/impact.md."""


def of_answer(
    *,
    total_params: float | None,
    active_params: float | None,
    are_params_estimated: bool,
    quantization: str,
    output_tokens: int,
    zone: str,
    provider: str = "",
) -> Impact | None:
    """The impact of an answer; None if the model's size is unknown.

    Parameters are in billions; ``active_params`` is None if all of them work for each token. ``output_tokens`` counts
    the reasoning too. ``zone`` is an ISO 3166 code of three letters or "WOR"; "" or one that EcoLogits lacks means
    unknown. ``provider`` is an Endpoint's; "" or one that is not in HOSTINGS means unknown.
    """
    if not total_params:
        return None
    provider = provider if provider in HOSTINGS else ""
    per_token = _per_token(total_params, active_params, are_params_estimated, quantization, zone, provider)
    energy, carbon, water = (quantity.times(output_tokens) for quantity in per_token)
    return Impact(energy, carbon, water, METHOD)


def energy_class(
    *, total_params: float | None, active_params: float | None, are_params_estimated: bool, quantization: str
) -> str | None:
    """The letter, "A" to "G", of what 1,000 tokens take in an unknown data centre; None if the size is unknown.

    By the geometric middle of the range: its ends are factors away from the truth, not amounts. Not the EU's label.
    """
    if not total_params:
        return None
    energy = _per_token(total_params, active_params, are_params_estimated, quantization, "", "")[0].times(1000)
    middle = (energy.min * energy.max) ** 0.5
    return next((letter for ceiling, letter in ENERGY_CLASSES if middle < ceiling), "G")


def memory_gb(total_params: float | None, quantization: str, are_params_estimated: bool = False) -> Range | None:
    """Gigabytes (10^9 bytes) of memory that running the model takes; None if its size is unknown.

    Every parameter is held, even where few of them work for each token.
    """
    if not total_params:
        return None
    scales = ESTIMATE if are_params_estimated else (1.0, 1.0)
    bits = BITS.get(quantization, BITS[""])
    least, most = (total_params * scale * each / 8 * MEMORY_OVERHEAD for scale, each in zip(scales, bits, strict=True))
    return Range(least, most)


def equivalents(impact: Impact) -> list[Equivalent]:
    """A LED bulb of 5 W, by the energy; video streaming, by the carbon (kg x 10,000 / 317 hours, impactco2.fr)."""
    return [
        _lasting("led_bulb", impact.energy_wh.times(1 / 5)),
        _lasting("video_streaming", impact.gco2.times(10_000 / 317 / 1000)),
    ]


def zones() -> list[str]:
    """The codes of the electricity zones that EcoLogits knows, "WOR" among them."""
    from ecologits.electricity_mix_repository import electricity_mixes

    return sorted(mix.zone for mix in electricity_mixes.list_electricity_mixes())


def warm() -> None:
    """Import EcoLogits (about 0.3 s) ahead of the first answer."""
    _per_token(1, None, False, "", "", "")


def _lasting(code: str, hours: Range) -> Equivalent:
    for unit, per_hour in (("hours", 1), ("minutes", 60)):
        if hours.max * per_hour >= 1:
            return Equivalent(code, hours.times(per_hour), unit)
    return Equivalent(code, hours.times(3600), "seconds")


@lru_cache(maxsize=4096)
def _per_token(
    total: float, active: float | None, is_estimated: bool, quantization: str, zone: str, provider: str
) -> tuple[Range, Range, Range]:
    """Wh, g CO2 eq and litres for one token. EcoLogits is linear in tokens as long as no measured latency is given.

    All of it grows with parameters, bits, PUE and WUE, and falls with the batch size: two corners bound the rest.
    """
    hosting = HOSTINGS.get(provider, UNKNOWN_HOSTING)
    bits = BITS.get(quantization, BITS[""])
    small, large = _sizes(total, active, is_estimated)
    points = []
    for mix in _mixes(zone):
        points.append(_point(small, bits[0], hosting.batch_sizes[1], hosting.pue.min, hosting.wue.min, mix))
        points.append(_point(large, bits[1], hosting.batch_sizes[0], hosting.pue.max, hosting.wue.max, mix))
    energy, carbon, water = (Range(min(values), max(values)) for values in zip(*points, strict=True))
    return energy, carbon, water


def _sizes(total: float, active: float | None, is_estimated: bool) -> list[tuple[float, float]]:
    """The least and the most (total, active). As in EcoLogits, the total of a mixture of experts is not in doubt."""
    scales = ESTIMATE if is_estimated else (1.0, 1.0)
    if active is None:
        return [(total * scale, total * scale) for scale in scales]
    return [(total, min(active * scale, total)) for scale in scales]


def _mixes(zone: str) -> list[Any]:
    from ecologits.electricity_mix_repository import electricity_mixes

    known = electricity_mixes.find_electricity_mix(zone)
    return [known] if known else [electricity_mixes.find_electricity_mix(code) for code in UNKNOWN_ZONES]


def _point(
    size: tuple[float, float], bits: int, batch_size: int, pue: float, wue: float, mix: Any
) -> tuple[float, float, float]:
    from ecologits.impacts.llm import compute_llm_impacts

    impacts: Any = compute_llm_impacts(
        model_total_parameter_count=size[0],
        model_active_parameter_count=size[1],
        output_token_count=1,
        if_electricity_mix_adpe=mix.adpe,
        if_electricity_mix_pe=mix.pe,
        if_electricity_mix_gwp=mix.gwp,
        if_electricity_mix_wue=mix.wue,
        datacenter_pue=pue,
        datacenter_wue=wue,
        model_quantization_bits=bits,
        batch_size=batch_size,
    )
    return impacts.energy.value * 1000, impacts.gwp.value * 1000, impacts.wcf.value
