"""Our ranges beside what EcoLogits itself says of models of the catalogue, and what moves the figure most."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from ecologits.electricity_mix_repository import electricity_mixes
from ecologits.impacts.llm import compute_llm_impacts
from ecologits.tracers.utils import llm_impacts
from ecologits.utils.range_value import RangeValue

from models_catalog import impact
from models_catalog.impact import Hosting, Range

ROOT = Path(impact.__file__).parents[1]
ZONES = ("FRA", "SWE", "USA")
NOT_MEASURED = 1e9
"""A latency that EcoLogits' own estimate always undercuts: it is then as if none had been measured."""
PROVIDERS = {"google_genai": "vertex_ai", "mistralai": "mistral", "huggingface_hub": ""}

KNOWN_TO_ECOLOGITS = {
    "Meta-Llama-3-8B-Instruct": ("huggingface_hub", "meta-llama/Meta-Llama-3-8B-Instruct"),
    "Meta-Llama-3-70B-Instruct": ("huggingface_hub", "meta-llama/Meta-Llama-3-70B-Instruct"),
    "aya-23-8b": ("huggingface_hub", "CohereForAI/aya-23-8B"),
    "gemma-2-2b-it": ("huggingface_hub", "google/gemma-2-2b-it"),
    "gemma-2-9b-it": ("huggingface_hub", "google/gemma-2-9b-it"),
    "gemma-2-27b-it": ("huggingface_hub", "google/gemma-2-27b-it"),
    "gpt-oss-20b": ("huggingface_hub", "openai/gpt-oss-20b"),
    "gpt-oss-120b": ("huggingface_hub", "openai/gpt-oss-120b"),
    "mistral-nemo-2407": ("huggingface_hub", "mistralai/Mistral-Nemo-Instruct-2407"),
    "mixtral-8x7b-instruct-v0.1": ("huggingface_hub", "mistralai/Mixtral-8x7B-Instruct-v0.1"),
    "mixtral-8x22b-instruct-v0.1": ("huggingface_hub", "mistralai/Mixtral-8x22B-Instruct-v0.1"),
    "phi-3-mini-4k": ("huggingface_hub", "microsoft/Phi-3-mini-4k-instruct"),
    "aya-expanse-32b": ("cohere", "c4ai-aya-expanse-32b"),
    "mistral-large-2512": ("mistralai", "mistral-large-2512"),
    "claude-4-5-sonnet": ("anthropic", "claude-sonnet-4-5"),
    "claude-4-6-sonnet": ("anthropic", "claude-sonnet-4-6"),
    "gemini-2.5-flash": ("google_genai", "gemini-2.5-flash"),
    "gpt-4o-2024-08-06": ("openai", "gpt-4o-2024-08-06"),
    "gpt-5": ("openai", "gpt-5"),
    "gpt-5.1": ("openai", "gpt-5.1"),
}


def catalogue():
    """{slug: the inputs of an impact}, as the catalogue file has them."""
    content = json.loads((ROOT / "models_catalog/data/catalogue.json").read_text())
    closed = {each["id"] for each in content["licenses"] if each["distribution"] == "api-only"}
    return {
        model["id"]: {
            "total_params": model.get("params"),
            "active_params": model.get("active_params"),
            "are_params_estimated": model["license"] in closed,
            "quantization": model.get("quantization") or "",
        }
        for organisation in content["organisations"]
        for model in organisation["models"]
    }


CATALOGUE = catalogue()


def quantities(impacts):
    """Wh, g, litres: each a number or EcoLogits' range."""
    return [
        (value.min * scale, value.max * scale) if isinstance(value, RangeValue) else (value * scale, value * scale)
        for value, scale in ((impacts.energy.value, 1000), (impacts.gwp.value, 1000), (impacts.wcf.value, 1))
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("slug", KNOWN_TO_ECOLOGITS)
def test_our_range_holds_what_ecologits_says_of_the_model(slug, zone):
    """With its own sizes, data centre and speed, whatever we took from elsewhere."""
    provider, name = KNOWN_TO_ECOLOGITS[slug]
    theirs = quantities(llm_impacts(provider, name, 1000, NOT_MEASURED, zone))
    served_by = PROVIDERS.get(provider, provider)
    ours = impact.of_answer(**CATALOGUE[slug], output_tokens=1000, zone=zone, provider=served_by)
    for mine, (low, high) in zip((ours.energy_wh, ours.gco2, ours.water_l), theirs, strict=True):
        assert mine.min <= low <= high <= mine.max


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("slug", KNOWN_TO_ECOLOGITS)
def test_where_nothing_is_unknown_our_figure_is_that_of_ecologits(slug, zone, monkeypatch):
    monkeypatch.setitem(impact.HOSTINGS, "known", Hosting(Range(1.2, 1.2), Range(0.569, 0.569), (64, 64)))
    monkeypatch.setitem(impact.BITS, "16", (16, 16))
    inputs = CATALOGUE[slug] | {"are_params_estimated": False, "quantization": "16"}
    ours = impact.of_answer(**inputs, output_tokens=1000, zone=zone, provider="known")
    total = inputs["total_params"]
    [energy, carbon, water] = quantities(point(total, inputs["active_params"] or total, zone=zone))
    assert (ours.energy_wh.min, ours.energy_wh.max) == pytest.approx(energy, rel=1e-12)
    assert (ours.gco2.min, ours.gco2.max) == pytest.approx(carbon, rel=1e-12)
    assert (ours.water_l.min, ours.water_l.max) == pytest.approx(water, rel=1e-12)


def point(total, active, zone="USA", pue=1.2, wue=0.569, bits=16, batch_size=64):
    """A thousand tokens as EcoLogits counts them; all that is not given is its own reference."""
    mix = electricity_mixes.find_electricity_mix(zone)
    return compute_llm_impacts(
        active,
        total,
        1000,
        mix.adpe,
        mix.pe,
        mix.gwp,
        mix.wue,
        pue,
        wue,
        model_quantization_bits=bits,
        batch_size=batch_size,
    )


REFERENCES = {"8 B": (8, 8), "70 B": (70, 70), "685 B, 37 B active": (685, 37)}
FACTORS = {
    "batch of 32 or 128": [{"batch_size": 32}, {"batch_size": 128}],
    "weights of 16 or 8 bits": [{"bits": 16}, {"bits": 8}],
    "weights of 16 or 4 bits": [{"bits": 16}, {"bits": 4}],
    "size: 0.3 to 1.7 of an estimate": [{"size": 0.3}, {"size": 1.7}],
    "Sweden, United States or world": [{"zone": "SWE"}, {"zone": "USA"}, {"zone": "WOR"}],
    "PUE 1.09 or 1.20": [{"pue": 1.09}, {"pue": 1.2}],
    "WUE 0.09 or 0.999": [{"wue": 0.09}, {"wue": 0.999}],
}


def ratios(total, active, changes):
    """How many times the least the most is, for each quantity, when one thing alone changes."""
    found = []
    for change in changes:
        change = dict(change)
        scale = change.pop("size", 1)
        # As in impact.py: the active parameters of a mixture are in doubt, its total is not.
        sizes = (total * scale, active * scale) if total == active else (total, min(active * scale, total))
        found.append([low for low, _high in quantities(point(*sizes, **change))])
    return [max(values) / min(values) for values in zip(*found, strict=True)]


def table():
    """The lines of the table, what moves any figure most first."""
    rows = []
    for factor, changes in FACTORS.items():
        cells = [ratios(*size, changes) for size in REFERENCES.values()]
        rows.append((max(max(cell) for cell in cells), factor, cells))
    return [
        f"| {factor} | " + " | ".join(" / ".join(f"{ratio:.1f}" for ratio in cell) for cell in cells) + " |"
        for _most, factor, cells in sorted(rows, key=lambda row: -row[0])
    ]


def test_the_table_of_what_moves_the_figure_most_is_what_ecologits_gives():
    docs = (ROOT / "docs/impact.md").read_text()
    header = f"| one thing changes | {' | '.join(REFERENCES)} |\n|---|--:|--:|--:|\n"
    assert header + "\n".join(table()) + "\n" in docs


def test_energy_classes_of_the_catalogue_are_those_of_the_docs():
    counts = Counter(impact.energy_class(**inputs) for inputs in CATALOGUE.values())
    del counts[None]  # a model whose size is unknown
    rows = re.findall(r"^\| ([A-G]) \| [^|]+ \| (\d+) \|", (ROOT / "docs/impact.md").read_text(), re.MULTILINE)
    assert {letter: int(count) for letter, count in rows} == counts
    assert len(counts) == 7
