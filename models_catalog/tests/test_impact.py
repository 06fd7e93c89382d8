"""Ranges that EcoLogits would give, and that widen with what is not known."""

import subprocess
import sys

import pytest
from ecologits.electricity_mix_repository import electricity_mixes
from ecologits.impacts.llm import compute_llm_impacts, model_required_memory
from ecologits.tracers.utils import PROVIDER_CONFIG_MAP
from ecologits.utils.range_value import RangeValue

from models_catalog import impact
from models_catalog.impact import Impact, Range
from models_catalog.models import Endpoint, LanguageModel


def of(total=70.0, active=None, **changes):
    inputs = {"are_params_estimated": False, "quantization": "q8", "output_tokens": 1000, "zone": "FRA"} | changes
    return impact.of_answer(total_params=total, active_params=active, **inputs)


def ranges(of_answer):
    return (of_answer.energy_wh, of_answer.gco2, of_answer.water_l)


def is_within(inner, outer):
    """For each of the three quantities: no wider, on either side."""
    return all(o.min <= i.min and i.max <= o.max for i, o in zip(ranges(inner), ranges(outer), strict=True))


def ecologits(total, active, tokens, zone, bits, batch_size, pue, wue):
    """The same answer as EcoLogits counts it, at one point: Wh, g, litres."""
    mix = electricity_mixes.find_electricity_mix(zone)
    found = compute_llm_impacts(
        model_total_parameter_count=total,
        model_active_parameter_count=active,
        output_token_count=tokens,
        if_electricity_mix_adpe=mix.adpe,
        if_electricity_mix_pe=mix.pe,
        if_electricity_mix_gwp=mix.gwp,
        if_electricity_mix_wue=mix.wue,
        datacenter_pue=pue,
        datacenter_wue=wue,
        model_quantization_bits=bits,
        batch_size=batch_size,
    )
    return found.energy.value * 1000, found.gwp.value * 1000, found.wcf.value


@pytest.mark.parametrize("zone", ["FRA", "SWE", "USA", "WOR"])
@pytest.mark.parametrize(
    ("total", "active", "tokens", "quantization", "bits"),
    [
        (0.135, None, 7, "q4", (4, 4)),
        (8, None, 420, "", (8, 16)),
        (123, None, 1000, "q8", (8, 8)),
        (685, 37, 16384, "", (8, 16)),
    ],
)
def test_impact_equals_ecologits_at_both_ends(zone, total, active, tokens, quantization, bits):
    found = of(total, active, output_tokens=tokens, quantization=quantization, zone=zone)
    low = ecologits(total, active or total, tokens, zone, bits[0], 128, 1.09, 0.09)
    high = ecologits(total, active or total, tokens, zone, bits[1], 32, 1.20, 0.999)
    assert [part.min for part in ranges(found)] == pytest.approx(low, rel=1e-12)
    assert [part.max for part in ranges(found)] == pytest.approx(high, rel=1e-12)


@pytest.mark.parametrize("batch_size", [32, 48, 64, 96, 128])
@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize(("pue", "wue"), [(1.1, 0.99), (1.16, 0.1), (1.19, 0.569)])
def test_impact_holds_everything_between(batch_size, bits, pue, wue):
    found = of(405.0, quantization="", zone="USA")
    point = ecologits(405, 405, 1000, "USA", bits, batch_size, pue, wue)
    assert all(part.min <= value <= part.max for part, value in zip(ranges(found), point, strict=True))


def test_impact_holds_ecologits_own_figure_for_a_closed_model():
    total, active = 440, RangeValue(min=44, max=132)  # what it says of GPT-4o
    mix = electricity_mixes.find_electricity_mix("USA")
    theirs = compute_llm_impacts(active, total, 1000, mix.adpe, mix.pe, mix.gwp, mix.wue, 1.2, 0.569)
    ours = of(440.0, 137.5, are_params_estimated=True, quantization="", zone="USA")
    assert ours.energy_wh.min < theirs.energy.value.min * 1000
    assert ours.energy_wh.max > theirs.energy.value.max * 1000


def test_impact_grows_with_tokens():
    assert ranges(of(output_tokens=0)) == (Range(0, 0),) * 3
    for less, more in zip(ranges(of(output_tokens=10)), ranges(of(output_tokens=11)), strict=True):
        assert less.min < more.min and less.max < more.max


def test_impact_grows_with_size():
    sizes = [0.135, 1.54, 8, 24, 70, 123, 405, 1000]
    tops = [of(size).energy_wh.max for size in sizes]
    assert tops == sorted(tops) and len(set(tops)) == len(tops)


def test_impact_of_a_mixture_of_experts_is_below_the_dense_one():
    assert of(685.0, 37.0).energy_wh.max < of(685.0).energy_wh.min


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ({"quantization": "q8"}, {"quantization": ""}),
        ({"are_params_estimated": False}, {"are_params_estimated": True}),
        ({"provider": "mistral"}, {"provider": ""}),
        ({"provider": "vertex_ai"}, {"provider": "somebody"}),
        ({"zone": "FRA"}, {"zone": ""}),
        ({"zone": "USA"}, {"zone": "XYZ"}),
    ],
)
def test_impact_is_wider_when_something_is_unknown(known, unknown):
    assert is_within(of(**known), of(**unknown))
    assert not is_within(of(**unknown), of(**known))


def test_impact_is_a_range_even_for_an_open_model():
    assert all(part.min < part.max for part in ranges(of()))


def test_impact_in_france_and_in_the_united_states():
    """The zone moves the carbon, not the energy; the making of the servers is in both."""
    france, states = of(zone="FRA"), of(zone="USA")
    assert france.energy_wh == states.energy_wh
    assert 3 < states.gco2.max / france.gco2.max < 4


def test_impact_on_a_machine_of_ones_own():
    """One request at a time is what it serves; no cooling plant is counted."""
    local, served = of(1.54, quantization="q4", provider="local"), of(1.54, quantization="q4")
    assert local.energy_wh.max > 5 * served.energy_wh.max


@pytest.mark.parametrize("total", [None, 0])
def test_impact_of_unknown_size_is_none(total):
    assert of(total) is None


def test_impact_names_its_method():
    assert of().method == impact.METHOD == "ecologits 0.11.3/1"


def test_hosting_is_what_ecologits_says():
    def ends(value):
        return (value.min, value.max) if isinstance(value, RangeValue) else (value, value)

    theirs = {"vertex_ai": "google_genai", "mistral": "mistralai"}
    for name, hosting in impact.HOSTINGS.items():
        if name != "local":
            config = PROVIDER_CONFIG_MAP[theirs.get(name, name)]
            assert (hosting.pue, hosting.wue) == (
                Range(*ends(config.datacenter_pue)),
                Range(*ends(config.datacenter_wue)),
            )
    everyone = PROVIDER_CONFIG_MAP.values()
    for name in ("pue", "wue"):
        values = [end for config in everyone for end in ends(getattr(config, f"datacenter_{name}"))]
        assert getattr(impact.UNKNOWN_HOSTING, name) == Range(min(values), max(values))
    assert {config.datacenter_location for config in everyone} | {"WOR"} == set(impact.UNKNOWN_ZONES)


def test_zones_are_those_of_ecologits():
    assert {"FRA", "SWE", "DNK", "LTU", "WOR"} < set(impact.zones())


@pytest.mark.parametrize(
    ("energy", "carbon", "expected"),
    [
        (Range(5, 10), Range(3.17, 63.4), [("led_bulb", 1, 2, "hours"), ("video_streaming", 0.1, 2, "hours")]),
        (Range(0.5, 1), Range(0.317, 3.17), [("led_bulb", 6, 12, "minutes"), ("video_streaming", 0.6, 6, "minutes")]),
        (Range(0, 0.01), Range(0, 0.00317), [("led_bulb", 0, 7.2, "seconds"), ("video_streaming", 0, 0.36, "seconds")]),
    ],
)
def test_equivalents(energy, carbon, expected):
    found = impact.equivalents(Impact(energy, carbon, Range(0, 0), impact.METHOD))
    assert [(each.code, each.unit) for each in found] == [(code, unit) for code, _min, _max, unit in expected]
    assert [(each.amount.min, each.amount.max) for each in found] == [
        pytest.approx((low, high)) for _code, low, high, _unit in expected
    ]


def test_impact_imports_neither_django_nor_yet_ecologits():
    script = (
        "import sys, models_catalog.impact as impact; assert 'ecologits' not in sys.modules; impact.warm();"
        "assert 'ecologits' in sys.modules; assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_energy_class_rises_with_the_model_and_is_none_without_a_size():
    sizes = [(8, None), (24, None), (117, 5.1), (70, None), (357, 32), (685, 37), (405, None)]
    classes = [
        impact.energy_class(total_params=total, active_params=active, are_params_estimated=False, quantization="")
        for total, active in sizes
    ]
    assert "".join(classes) == "ABCDEFG"
    unknown = {"active_params": None, "are_params_estimated": False, "quantization": ""}
    assert impact.energy_class(total_params=None, **unknown) is None


@pytest.mark.parametrize(
    ("total", "quantization", "is_estimated", "expected"),
    [
        (70, "q8", False, (84, 84)),
        (70, "q4", False, (42, 42)),
        (70, "", False, (84, 168)),  # in 8 bits or in 16
        (100, "", True, (36, 408)),  # 0.3 to 1.7 times the estimate
    ],
)
def test_memory_is_that_of_the_weights_and_a_fifth(total, quantization, is_estimated, expected):
    found = impact.memory_gb(total, quantization, is_estimated)
    assert (found.min, found.max) == pytest.approx(expected)
    bits = {"q8": (8, 8), "q4": (4, 4)}.get(quantization, (8, 16))
    if not is_estimated:
        assert (found.min, found.max) == pytest.approx([model_required_memory(total, each) for each in bits])


@pytest.mark.parametrize("total", [None, 0])
def test_memory_of_unknown_size_is_none(total):
    assert impact.memory_gb(total, "") is None


def test_a_model_counts_1000_tokens_where_it_is_served():
    model = LanguageModel(total_params=70.0, quantization="")
    endpoint = Endpoint(provider="mistral", quantization="q8", electricity_zone="FRA")
    assert model.impact_of_1000_tokens() == of(70.0, quantization="", zone="")
    assert model.impact_of_1000_tokens(endpoint=endpoint) == of(70.0, provider="mistral")
    assert model.impact_of_1000_tokens("USA", endpoint) == of(70.0, provider="mistral", zone="USA")
    assert (model.energy_class, model.memory_gb) == ("D", Range(84, 168))
    assert LanguageModel().impact_of_1000_tokens() is None
