"""Files like those of the existing site, made for the tests: of their columns and shapes, and of nobody's words."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from datasets_export.legacy.columns import SCHEMAS, TAGS

START = datetime(2025, 3, 1, 9, 30, 0, 123456)


def message(content, role="user", **more):
    return {"role": role, "content": content} | more


def answer(content, number=0, side="a", **more):
    metadata = {"generation_id": f"gen-{number}-{side}", "output_tokens": 40 + number % 7, "duration": 1.25}
    return message(content, "assistant", **{"metadata": metadata} | more)


def conversation(number, turns=1, system=None, models=("gpt-5", "mistral-saba"), **columns):
    """A row of comparia-conversations; the same number gives the same row."""
    sides = {
        side: ([message(system, "system")] if system else [])
        + [
            said
            for turn in range(turns)
            for said in (
                message(f"Question {number} numéro {turn}, à propos de l’été en ville ?"),
                answer(f"Réponse {side} numéro {number}-{turn}, « choisie ».", number, side),
            )
        ]
        for side in "ab"
    }
    pair = f"{number:032x}-{number + 1:032x}"
    return {
        "id": number,
        "timestamp": START + timedelta(minutes=number),
        "model_a_name": models[0],
        "model_b_name": models[1],
        "conversation_a": sides["a"],
        "conversation_b": sides["b"],
        "conv_turns": turns,
        "conversation_pair_id": pair,
        "conv_a_id": pair[:32],
        "conv_b_id": pair[33:],
        "session_hash": f"session{number}",
        "visitor_id": f"{number // 3:032x}",
        "model_pair_name": f'["{models[0]}", "{models[1]}"]',
        "opening_msg": sides["a"][1 if system else 0]["content"],
        "system_prompt_a": system,
        "system_prompt_b": system,
        "mode": "random",
        "custom_models_selection": None,
        "short_summary": "L’été en ville.",
        "keywords": ["été", "ville"],
        "categories": ["Environment", "Daily Life & Home & Lifestyle"],
        "languages": ["fr"],
        "total_conv_a_output_tokens": 40 * turns,
        "total_conv_b_output_tokens": 41 * turns,
        "model_a_total_params": 8.0,
        "model_b_total_params": None,
        "model_a_active_params": 8.0,
        "model_b_active_params": None,
        "total_conv_a_kwh": 0.0004,
        "total_conv_b_kwh": None,
    } | columns


def vote(of, number=None, chosen="a", tags=(), comments=("", ""), **columns):
    """A row of comparia-votes on the conversation `of`; `chosen` is a, b or both, `tags` names as "useful_a"."""
    same = {name: of[name] for name in SCHEMAS["votes"].names if name in of}
    return same | {
        "id": number or of["id"],
        "timestamp": of["timestamp"] + timedelta(seconds=90),
        "model_pair_name": [of["model_a_name"], of["model_b_name"]],
        "chosen_model_name": {"a": of["model_a_name"], "b": of["model_b_name"]}.get(chosen),
        "both_equal": chosen == "both",
        "selected_category": None,
        "is_unedited_prompt": False,
        "conv_comments_a": comments[0],
        "conv_comments_b": comments[1],
        **{f"conv_{tag}_{side}": f"{tag}_{side}" in tags for tag in TAGS for side in "ab"},
        **columns,
    }


def reaction(of, number, side="a", liked=True, rank=0, tags=(), comment="", **columns):
    """A row of comparia-reactions on an answer of the conversation `of`."""
    same = {name: of[name] for name in SCHEMAS["reactions"].names if name in of}
    opens_with_system = of[f"conversation_{side}"][0]["role"] == "system"
    index = 2 * rank + 1 + opens_with_system
    messages = of[f"conversation_{side}"]
    return same | {
        "id": number,
        "timestamp": of["timestamp"] + timedelta(seconds=30 + number % 10),
        "refers_to_model": of[f"model_{side}_name"],
        "msg_index": index,
        "model_pos": side,
        "refers_to_conv_id": of[f"conv_{side}_id"],
        "response_content": messages[index]["content"] if index < len(messages) else "",
        "question_content": messages[index - 1]["content"] if index < len(messages) else "",
        "liked": liked is True,
        "disliked": liked is False,
        "comment": comment,
        **{tag: tag in tags for tag in TAGS},
        "model_pair_name": [of["model_a_name"], of["model_b_name"]],
        "msg_rank": rank,
        "question_id": f"{of['conversation_pair_id']}-{rank}",
        "system_prompt": of[f"system_prompt_{side}"],
        **columns,
    }


def write(directory, conversations=None, votes=None, reactions=None):
    """The files, of those whose rows are given; the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for file, rows in {"conversations": conversations, "votes": votes, "reactions": reactions}.items():
        if rows is not None:
            table = pa.Table.from_pylist(rows, SCHEMAS[file])
            pq.write_table(table, directory / f"comparia-{file}.parquet")
    return directory
