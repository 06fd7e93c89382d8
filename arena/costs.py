"""What an answer cost: tokens, energy, carbon, water, money; with all that is needed to compute it again."""

from decimal import Decimal

from models_catalog import impact, spending
from models_catalog.models import LanguageModel
from portals.caching import kept

from .models import Answer

CHARACTERS_PER_TOKEN = 4  # what most tokenisers give for French and English
LONG_ANSWER = 2048  # tokens, which few answers reach; the most that an endpoint allows is eight times that
UNKNOWN_PRICES = 1.0, 5.0  # US dollars per million tokens of input and output, of a good model in 2026


def of(live):
    """The fields of Written that say what the answer cost; empty for an answer that has no text at all."""
    characters = len(live.text) + len(live.reasoning)
    if not characters:
        return {}
    fields = tokens(live.usage, characters)
    return fields | footprint(live.claim, fields["output_tokens"]) | {"cost_usd": price(live.claim.endpoint, fields)}


def spent(live):
    """What the call cost us, as a spending.Spent; nothing if nothing came. Estimated where the provider is silent."""
    endpoint, usage = live.claim.endpoint, live.usage
    characters = len(live.text) + len(live.reasoning)
    if endpoint is None or not (characters or usage):
        return spending.Spent()
    counted = tokens(usage, characters)
    read, written = counted.get("input_tokens"), counted["output_tokens"]
    if read is None:
        read = sum(len(message["content"]) for message in live.claim.messages) // CHARACTERS_PER_TOKEN
    return spending.Spent(read, written, spending.dollars_of(endpoint, read, written))


def tokens(usage, characters):
    """As the provider counted them, else estimated from the length, and which of the two."""
    if usage is not None and usage.output_tokens:
        return {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "token_source": Answer.TokenSource.PROVIDER,
        }
    return {
        "output_tokens": max(1, round(characters / CHARACTERS_PER_TOKEN)),
        "token_source": Answer.TokenSource.ESTIMATE,
    }


def footprint(claim, output_tokens):
    """Energy, carbon and water as ranges; nothing when the model's size is not known."""
    model, endpoint = claim.model, claim.endpoint
    inputs = {
        "total_params": model.total_params,
        "active_params": model.active_params,
        "are_params_estimated": model.are_params_estimated,
        "quantization": (endpoint and endpoint.quantization) or model.quantization,
        "output_tokens": output_tokens,
        "zone": claim.electricity_zone,
        "provider": endpoint.provider if endpoint else "",
    }
    found = impact.of_answer(**inputs)
    if found is None:
        return {}
    return {
        "energy_wh_min": found.energy_wh.min,
        "energy_wh_max": found.energy_wh.max,
        "gco2_min": found.gco2.min,
        "gco2_max": found.gco2.max,
        "water_l_min": found.water_l.min,
        "water_l_max": found.water_l.max,
        "impact_method": found.method,
        "impact_inputs": inputs,
    }


def price(endpoint, fields):
    """US dollars at the endpoint's prices; None if a price or a count is missing."""
    if (
        endpoint is None
        or endpoint.input_price is None
        or endpoint.output_price is None
        or "input_tokens" not in fields
    ):
        return None
    spent = endpoint.input_price * (fields["input_tokens"] or 0) + endpoint.output_price * fields["output_tokens"]
    return spent / Decimal(1_000_000)


def to_expect(model_id, characters):
    """US dollars that a long answer of this model may cost, after reading so many characters; at the dearest of the
    endpoints that may serve it."""
    return (
        max(
            (
                input_price * characters / CHARACTERS_PER_TOKEN + output_price * min(most, LONG_ANSWER)
                for input_price, output_price, most in kept(f"prices:{model_id}", lambda: _prices(model_id))
            ),
            default=0,
        )
        / 1_000_000
    )


def _prices(model_id):
    """(input, output, most tokens) of each endpoint; what the catalogue does not know is assumed."""
    return [
        (
            *(
                assumed if price is None else float(price)
                for price, assumed in zip((each.input_price, each.output_price), UNKNOWN_PRICES, strict=True)
            ),
            each.max_tokens,
        )
        for each in LanguageModel.served(model_id).usable_endpoints()
    ]
