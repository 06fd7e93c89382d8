"""The ranking as the read interface gives it: docs/api.md, in JSON Schema."""

from models_catalog.describing import (
    ADDRESS,
    COUNT,
    FLAG,
    NUMBER,
    PLACE,
    SHARE,
    TEXT,
    TIME,
    each,
    fields,
    mapping,
    maybe,
    paged,
)

from . import exporting
from .models import Rating

OF_TYPE = {str: TEXT, int: COUNT, float: NUMBER}
COUNTS = fields(
    **dict.fromkeys(
        ("votes", "used", "left_out", "visitors", "models", "ranked", "a_better", "b_better", "both_good", "both_bad"),
        COUNT,
    )
)
OF_BOARD = {
    "board": TEXT,
    "kind": {"enum": ["live", "release"]},
    "is_demo": FLAG,
    "created_at": TIME,
    "can_be_verified": FLAG,
    "digest": TEXT,
    "counts": COUNTS,
}
DESCRIBED = OF_BOARD | {"url": ADDRESS, "history": ADDRESS}
LINE = (
    {name: maybe(OF_TYPE[kind]) for name, kind in exporting.COLUMNS.items()}
    | dict.fromkeys(("model", "name", "organisation", "board", "digest"), TEXT)
    | {"not_ranked": maybe({"enum": Rating.NotRanked.values}), "computed_at": TIME}
)
WORD = fields(votes=COUNT, share=SHARE, low=SHARE, high=SHARE)
BOARDS = fields(boards=each(fields(**DESCRIBED)))
BOARD = fields(
    **DESCRIBED,
    inputs=fields(file=TEXT, sha256=TEXT, rows=COUNT),
    parameters=mapping(NUMBER),
    versions=mapping(TEXT),
    critical_value=maybe(NUMBER),
    freedom=maybe(NUMBER),
    design_effect=maybe(NUMBER),
    style=maybe(mapping(fields(points=NUMBER, interval=each(NUMBER)))),
    ratings=each(fields(**LINE, words=maybe(mapping(WORD)))),
)
NIGHT = fields(
    **OF_BOARD,
    ratings=each(fields(model=TEXT, rank=PLACE, tier=PLACE, score=NUMBER, low=NUMBER, high=NUMBER, votes=COUNT)),
)
HISTORY = paged("history", NIGHT)

ESTIMATE = fields(value=NUMBER, low=NUMBER, high=NUMBER)
NAME = maybe(TEXT)
FRAGILE = maybe(fields(model=NAME, other=NAME, predicted=COUNT, verified=maybe(COUNT), of=COUNT))
AGREEMENT = fields(votes=COUNT, visitors=COUNT, share=maybe(ESTIMATE))
PANEL = fields(
    counts=fields(votes=COUNT, visitors=COUNT),
    **dict.fromkeys(("leader_by_votes", "leader_by_visitors", "tier_by_votes", "tier_by_visitors"), FRAGILE),
    drills=each(
        fields(
            model=NAME,
            tier=PLACE,
            attack=fields(visitors=COUNT, days=COUNT),
            naive=maybe(COUNT),
            filtered=maybe(COUNT),
            most=COUNT,
        )
    ),
    position=maybe(fields(log_odds=ESTIMATE, chance=ESTIMATE)),
    style=each(fields(trait=TEXT, difference=NUMBER, points=ESTIMATE, chance=ESTIMATE)),
    agreement_of_one_visitor=AGREEMENT,
    agreement_between_visitors=AGREEMENT,
    concentration=maybe(fields(visitors=COUNT, most_active=COUNT, share=SHARE, gini=NUMBER)),
    abandonment=maybe(fields(mean=maybe(NUMBER))),
    choices=each(TEXT),
    models=each(
        {
            "type": "object",
            "properties": {
                "model": TEXT,
                **dict.fromkeys(("votes", "as_first", "visitors", "opponents", "started", "voted"), COUNT),
                "tiers": mapping(maybe(PLACE)),
                "abandoned": maybe(ESTIMATE),
                "differs": FLAG,
            },
            "required": ["model", "votes", "as_first", "visitors", "opponents", "tiers"],
            "additionalProperties": False,
        }
    ),
)
TRUST = fields(
    board=TEXT,
    kind={"enum": ["live", "release"]},
    release=TEXT,
    is_demo=FLAG,
    created_at=TIME,
    digest=TEXT,
    trust=PANEL,
)
