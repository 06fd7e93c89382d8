"""How to load a release in three lines. Shown in the card and on the page, run by a test. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    tool: str
    label: str
    code: str


def snippets(place: str, of_hub: bool = False) -> tuple[Snippet, ...]:
    """One for each tool. `place` is the folder of the release, or its repository on the Hugging Face Hub."""
    files = f"hf://datasets/{place}" if of_hub else place
    return (
        Snippet(
            "datasets",
            "datasets",
            "from datasets import load_dataset\n\n"
            f'turns = load_dataset("{place}", split="train")\n'
            'turns.filter(lambda turn: turn["choice"] == "both_bad")\n',
        ),
        Snippet(
            "pandas",
            "pandas",
            "import pandas\n\n"
            f'turns = pandas.read_parquet("{files}/turns")\n'
            'turns.groupby("prompt_language")["choice"].value_counts()\n',
        ),
        Snippet(
            "duckdb",
            "DuckDB",
            "import duckdb\n\n"
            f'turns = duckdb.read_parquet("{files}/turns/**/*.parquet")\n'
            'duckdb.sql("SELECT model_a, model_b, choice FROM turns WHERE choice IS NOT NULL")\n',
        ),
    )
