"""The sheets and the register as the read interface gives them: docs/api.md, in JSON Schema."""

from .describing import ADDRESS, ANY, COUNT, DAY, FLAG, NUMBER, TEXT, TIME, each, fields, mapping, maybe, paged

ENDS = fields(min=NUMBER, max=NUMBER)
IMPACT = fields(energy_wh=ENDS, gco2=ENDS, water_l=ENDS, method=TEXT)
PRICE = maybe({"type": "string", "description": "US$ per million tokens."})
SHEET = fields(
    slug=TEXT,
    name=TEXT,
    status={"enum": ["enabled", "paused", "archived"]},
    architecture={"enum": ["dense", "moe", "matformer", ""]},
    is_architecture_estimated=FLAG,
    total_params=maybe(NUMBER),
    active_params=maybe(NUMBER),
    are_params_estimated=FLAG,
    quantization={"enum": ["", "q8", "q4"]},
    reasoning={"enum": ["no", "yes", "hybrid", ""]},
    context_window=maybe(COUNT),
    release_date=maybe(DAY),
    knowledge_cutoff=maybe(DAY),
    languages=each(TEXT),
    inputs=each(TEXT),
    url=TEXT,
    has_open_weights=maybe(FLAG),
    has_open_code=maybe(FLAG),
    has_open_data=maybe(FLAG),
    size_class=maybe({"enum": ["XS", "S", "M", "L", "XL"]}),
    energy_class=maybe({"enum": ["A", "B", "C", "D", "E", "F", "G"]}),
    rank_summary=maybe(mapping(ANY)),
    page=ADDRESS,
    organisation=fields(name=TEXT, country=maybe(TEXT), website=maybe(TEXT)),
    licence=fields(
        name=TEXT,
        distribution={"enum": ["api-only", "open-weights", "fully-open-source"]},
        reuse=maybe(FLAG),
        commercial_use=maybe(FLAG),
        url=TEXT,
    ),
    memory_gb=maybe(ENDS),
    impact_of_1000_tokens=maybe(IMPACT),
    endpoints=each(
        fields(
            provider=TEXT,
            electricity_zone=TEXT,
            quantization=TEXT,
            system_prompt=TEXT,
            input_price=PRICE,
            output_price=PRICE,
        )
    ),
    texts=mapping(mapping(TEXT)),
    sources=each(fields(field=TEXT, url=TEXT, date=maybe(DAY))),
)
SHEETS = fields(models=each(SHEET))
EVENTS = paged("events", fields(model=TEXT, kind=TEXT, before=TEXT, after=TEXT, reason=TEXT, at=TIME))
