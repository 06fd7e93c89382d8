"""What visitors were told is safe, against what the database holds."""

from dataclasses import dataclass, field

import psycopg

from bench import provider

TURNS = """
SELECT c.id::text, t.number, t.prompt, c.submission_key::text, c.revealed_at IS NOT NULL, v.choice
FROM arena_comparison c JOIN arena_turn t ON t.comparison_id = c.id LEFT JOIN arena_vote v ON v.turn_id = t.id
"""
ANSWERS = """
SELECT t.comparison_id::text, t.number, a.side, a.status, a.text, a.api_model_id, t.prompt
FROM arena_answer a JOIN arena_turn t ON t.id = a.turn_id
"""


@dataclass
class Reckoning:
    """Counts of what was acknowledged, and a line for each loss."""

    prompts: int = 0
    answers: int = 0
    votes: int = 0
    reveals: int = 0
    lost: list[str] = field(default_factory=list)


def reckon(depositions, database):
    """Compare with the database at this address; a text is held against all that the scripted provider had to say."""
    with psycopg.connect(database) as connection:
        turns = {(row[0], row[1]): row[2:] for row in connection.execute(TURNS)}
        answers = {tuple(row[:3]): row[3:] for row in connection.execute(ANSWERS)}
    found = Reckoning()
    for told in depositions:
        comparison = told.path.strip("/").rpartition("/")[2]
        for number, prompt in told.prompts.items():
            found.prompts += 1
            row = turns.get((comparison, number))
            if row is None or row[0] != prompt or (number == 1 and row[1] != told.submission_key):
                found.lost.append(f"prompt {comparison} {number}")
        for number, side in told.answers:
            found.answers += 1
            status, text, model, prompt = answers.get((comparison, number, side), ("gone", "", "", ""))
            said = "".join(provider.pieces_of(provider.script_of(model), prompt))
            if status != "complete" or text.strip() != said.strip():
                found.lost.append(
                    f"answer {comparison} {number} {side}: {status}, {len(text)} of {len(said)} characters"
                )
        for number, choice in told.votes.items():
            found.votes += 1
            if turns.get((comparison, number), [None] * 4)[3] != choice:
                found.lost.append(f"vote {comparison} {number}")
        if told.is_revealed:
            found.reveals += 1
            if not turns.get((comparison, 1), [None] * 4)[2]:
                found.lost.append(f"reveal {comparison}")
    return found
