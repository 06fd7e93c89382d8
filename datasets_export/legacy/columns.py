"""The columns of the three files that the existing site publishes: their names, order and Arrow types. Pure.

Parquet files that pandas wrote from PostgreSQL: its `jsonb` is a list or a structure, its `text` may be JSON too.
"""

import pyarrow as pa

CONVERSATIONS, VOTES, REACTIONS = FILES = ("conversations", "votes", "reactions")
TAGS = ("useful", "complete", "creative", "clear_formatting", "incorrect", "superficial", "instructions_not_followed")
OURS = 1 << 62
"""Numbers from here on are those of rows that this site wrote; the existing site counts in 32 bits."""

TIMESTAMP = pa.timestamp("us")
STRINGS = pa.list_(pa.string())
METADATA = pa.struct([("generation_id", pa.string()), ("output_tokens", pa.int64()), ("duration", pa.float64())])
MESSAGE = pa.struct(
    [("role", pa.string()), ("content", pa.string()), ("reasoning_content", pa.string()), ("metadata", METADATA)]
)
MESSAGES = pa.list_(MESSAGE)


def _schema(**types: pa.DataType) -> pa.Schema:
    return pa.schema(list(types.items()))


SCHEMAS = {
    CONVERSATIONS: _schema(
        id=pa.int64(),
        timestamp=TIMESTAMP,
        model_a_name=pa.string(),
        model_b_name=pa.string(),
        conversation_a=MESSAGES,
        conversation_b=MESSAGES,
        conv_turns=pa.int64(),
        conversation_pair_id=pa.string(),
        conv_a_id=pa.string(),
        conv_b_id=pa.string(),
        session_hash=pa.string(),
        visitor_id=pa.string(),
        model_pair_name=pa.string(),
        opening_msg=pa.string(),
        system_prompt_a=pa.string(),
        system_prompt_b=pa.string(),
        mode=pa.string(),
        custom_models_selection=STRINGS,
        short_summary=pa.string(),
        keywords=STRINGS,
        categories=STRINGS,
        languages=STRINGS,
        total_conv_a_output_tokens=pa.int64(),
        total_conv_b_output_tokens=pa.int64(),
        model_a_total_params=pa.float64(),
        model_b_total_params=pa.float64(),
        model_a_active_params=pa.float64(),
        model_b_active_params=pa.float64(),
        total_conv_a_kwh=pa.float64(),
        total_conv_b_kwh=pa.float64(),
    ),
    VOTES: _schema(
        id=pa.int64(),
        timestamp=TIMESTAMP,
        model_a_name=pa.string(),
        model_b_name=pa.string(),
        model_pair_name=STRINGS,
        chosen_model_name=pa.string(),
        opening_msg=pa.string(),
        both_equal=pa.bool_(),
        conversation_a=MESSAGES,
        conversation_b=MESSAGES,
        conv_turns=pa.int64(),
        system_prompt_a=pa.string(),
        system_prompt_b=pa.string(),
        selected_category=pa.string(),
        is_unedited_prompt=pa.bool_(),
        conversation_pair_id=pa.string(),
        session_hash=pa.string(),
        visitor_id=pa.string(),
        conv_comments_a=pa.string(),
        conv_comments_b=pa.string(),
        **{f"conv_{tag}_{side}": pa.bool_() for tag in TAGS for side in "ab"},
    ),
    REACTIONS: _schema(
        id=pa.int64(),
        timestamp=TIMESTAMP,
        model_a_name=pa.string(),
        model_b_name=pa.string(),
        refers_to_model=pa.string(),
        msg_index=pa.int64(),
        opening_msg=pa.string(),
        conversation_a=MESSAGES,
        conversation_b=MESSAGES,
        model_pos=pa.string(),
        conv_turns=pa.int64(),
        conversation_pair_id=pa.string(),
        conv_a_id=pa.string(),
        conv_b_id=pa.string(),
        refers_to_conv_id=pa.string(),
        session_hash=pa.string(),
        visitor_id=pa.string(),
        response_content=pa.string(),
        question_content=pa.string(),
        liked=pa.bool_(),
        disliked=pa.bool_(),
        comment=pa.string(),
        **{tag: pa.bool_() for tag in TAGS},
        model_pair_name=STRINGS,
        msg_rank=pa.int64(),
        question_id=pa.string(),
        system_prompt=pa.string(),
    ),
}

READ = {
    CONVERSATIONS: tuple(name for name in SCHEMAS[CONVERSATIONS].names if name != "opening_msg"),
    VOTES: (
        *("id", "timestamp", "model_a_name", "model_b_name", "chosen_model_name", "both_equal", "conversation_pair_id"),
        *("selected_category", "is_unedited_prompt", "conv_comments_a", "conv_comments_b"),
        *(f"conv_{tag}_{side}" for tag in TAGS for side in "ab"),
    ),
    REACTIONS: (
        *("id", "timestamp", "model_pos", "msg_index", "msg_rank", "conversation_pair_id", "question_id"),
        *("liked", "disliked", "comment", *TAGS),
    ),
}
"""The columns that the import reads: the others say again what these say."""
