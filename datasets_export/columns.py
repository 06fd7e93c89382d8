"""The published schema of a turn, one row each in `turns/` of a release: a public contract. Pure.

A column never changes its meaning nor its type within a format; a new one says since which version it is there.
Types are names, so that pages can tell the columns without loading Arrow: `releases/shards.py` turns them into Arrow's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

FORMAT = "comparia-turns/1"
VERSION = "1.0"

TYPES = ("string", "int16", "int32", "float64", "bool", "timestamp", "list<string>")
"""`timestamp` is in milliseconds, UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    """One of TYPES."""
    about: str
    is_nullable: bool = False
    since: str = "1.0"


def _(text: str) -> str:
    """Marks what a page translates when it shows it; files say it in English."""
    return text


OF_COMPARISON = (
    Column(
        "comparison", "string", _("Code of the conversation: the same in all files of a release, another in the next.")
    ),
    Column("turn", "int16", _("Number of the question in its conversation, from 1; with `comparison`, names the row.")),
    Column(
        "visitor", "string", _("Code of whoever asked: the same for all their turns in a release, another in the next.")
    ),
    Column("timestamp", "timestamp", _("When the question was asked, to the second.")),
    Column("origin", "string", _("`live`: asked on the site; `imported`: from the files published before; `demo`.")),
    Column("portal", "string", _("Code of the country's site on which it was asked.")),
    Column("language", "string", _("Language of the interface, ISO 639.")),
    Column("mode", "string", _("How models were taken: `random`, `custom`, `small-models` or `big-vs-small`.")),
    Column("drawn_a", "bool", _("Whether the site drew model A; false where the visitor chose it.")),
    Column("drawn_b", "bool", _("Whether the site drew model B; false where the visitor chose it.")),
    Column("draw_policy", "string", _("Rule that drew the pair, and its version; empty if unknown.")),
    Column(
        *(
            "draw_probability",
            "float64",
            _("Probability of the pair, whatever the sides, given the model chosen if any."),
        ),
        is_nullable=True,
    ),
    Column(
        "pool", "list<string>", _("Models that could have been drawn; null if unknown or none was."), is_nullable=True
    ),
    Column("is_replaced", "bool", _("Whether a model that failed at once was replaced: not the pair that was drawn.")),
    Column("in_room", "bool", _("Whether it was asked in a class room, which chose to publish.")),
)
OF_QUESTION = (
    Column("prompt_language", "string", _("Language of the question, detected, ISO 639; empty if too short to tell.")),
    Column("suggestion", "string", _("Code of the suggested question it started from; empty if none.")),
    Column("is_prompt_edited", "bool", _("Whether the suggested question was changed.")),
    Column("topics", "list<string>", _("Among the 18 topics; empty if unknown.")),
    Column("topics_source", "string", _("What told the topics; empty if unknown.")),
    Column("keywords", "list<string>", _("Told by an analysis model; empty if there was none.")),
    Column("summary", "string", _("In one sentence, told by an analysis model; empty if there was none.")),
    Column("prompt", "string", _("The question, personal data replaced by what it was, as in `[e-mail]`.")),
)
OF_ANSWER = (
    Column("model", "string", _("Model that answered, by its address in the catalogue of the site.")),
    Column("status", "string", _("`complete`, `stopped` by the visitor, `interrupted` or `failed`.")),
    Column("error_code", "string", _("Why it failed; empty if it did not.")),
    Column("reasoning_ms", "int32", _("Milliseconds of reasoning before the answer."), is_nullable=True),
    Column("text", "string", _("The answer, in Markdown; personal data replaced by what it was.")),
    Column("reasoning", "string", _("The reasoning shown beside the answer; empty if none.")),
    Column("provider", "string", _("Who ran the model; empty if unknown.")),
    Column("api_model_id", "string", _("Name of the model at that provider; empty if unknown.")),
    Column("temperature", "float64", _("Asked of the model."), is_nullable=True),
    Column("max_tokens", "int32", _("Most tokens that it could write."), is_nullable=True),
    Column("system_prompt", "string", _("Instructions given to the model before the question; empty if none.")),
    Column("quantization", "string", _("`q8`, `q4`, or empty for full precision or unknown.")),
    Column(
        "electricity_zone", "string", _("Zone of the electricity it ran on, ISO 3166; `WOR`: unknown, the world's.")
    ),
    Column("finish_reason", "string", _("Why the model stopped writing, in the words of its provider.")),
    Column("first_token_ms", "int32", _("Milliseconds from the request to the first token."), is_nullable=True),
    Column("duration_ms", "int32", _("Milliseconds from the request to the end."), is_nullable=True),
    Column("input_tokens", "int32", _("Tokens read, the whole conversation included."), is_nullable=True),
    Column("output_tokens", "int32", _("Tokens written, reasoning included."), is_nullable=True),
    Column("token_source", "string", _("`provider`: counted by it; `estimate`: from the length; empty if unknown.")),
    Column("energy_wh_min", "float64", _("Energy of the answer, least estimate, watt-hours."), is_nullable=True),
    Column("energy_wh_max", "float64", _("Energy of the answer, highest estimate, watt-hours."), is_nullable=True),
    Column("gco2_min", "float64", _("Greenhouse gases of the answer, least estimate, gCO2e."), is_nullable=True),
    Column("gco2_max", "float64", _("Greenhouse gases of the answer, highest estimate, gCO2e."), is_nullable=True),
    Column("water_l_min", "float64", _("Water of the answer, least estimate, litres."), is_nullable=True),
    Column("water_l_max", "float64", _("Water of the answer, highest estimate, litres."), is_nullable=True),
    Column("impact_method", "string", _("Method of these estimates, and its version; empty if there are none.")),
)
"""Each is there twice, for sides A and B."""

OF_VOTE = (
    Column(
        *("choice", "string", _("`a_better`, `b_better`, `both_good`, `both_bad`, `cannot_say`; null without a vote.")),
        is_nullable=True,
    ),
    Column("tags_a", "list<string>", _("Words ticked on answer A; null without a vote."), is_nullable=True),
    Column("tags_b", "list<string>", _("Words ticked on answer B; null without a vote."), is_nullable=True),
    Column("seconds_to_vote", "float64", _("From the end of the last answer to the first vote."), is_nullable=True),
    Column("comment_a", "string", _("Comment on answer A; null without a vote."), is_nullable=True),
    Column("comment_b", "string", _("Comment on answer B; null without a vote."), is_nullable=True),
)
OF_RELEASE = (Column("is_redacted", "bool", _("Whether personal data was replaced in one of the texts.")),)


def _of_side(side: str) -> Iterator[Column]:
    for column in OF_ANSWER:
        about = f"Side {side.upper()}. {column.about}"
        yield Column(f"{column.name}_{side}", column.type, about, column.is_nullable, column.since)


COLUMNS = (*OF_COMPARISON, *OF_QUESTION, *_of_side("a"), *_of_side("b"), *OF_VOTE, *OF_RELEASE)
NAMES = tuple(column.name for column in COLUMNS)

TEXTS = ("prompt", "text_a", "text_b", "reasoning_a", "reasoning_b", "comment_a", "comment_b")
"""Those in which personal data is looked for and replaced."""

NOT_OF_THE_VISITOR = ("visitor", "topics_source", "keywords", "summary", "is_redacted")
"""What is made when a release is: whoever asked the question is not shown it on the page of their comparison."""
