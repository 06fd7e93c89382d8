"""The dataset card, README.md of a release, as the Hugging Face Hub reads it. Pure.

In English, with a summary in French: a file speaks one language to everyone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from datasets_export.columns import COLUMNS, FORMAT, OF_ANSWER, VERSION

from . import telling
from .snippets import snippets
from .telling import Manifest

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
TAGS = ("human-feedback", "human-preferences", "pairwise-comparison", "model-evaluation", "chatbot-arena")
DEMO = (
    "> **DEMO.** This release is made of simulated conversations and votes, to show the files full. It says nothing of "
    "any model, and must not be published.\n"
)


def card(manifest: Manifest) -> str:
    """The whole file, front matter included. Says what the manifest says and no more."""
    parts = [
        front(manifest),
        f"# {telling.TITLE}: {manifest['name']}\n",
        DEMO if telling.is_demo(manifest) else "",
        french(manifest),
        f"{telling.WHAT}\n",
        numbers(manifest),
        loading(manifest),
        how(),
        fields(),
        left_out(manifest),
        personal_data(manifest),
        section("Limits", bullets((*telling.BIASES, *telling.LIMITS))),
        licence(manifest),
        changes(manifest),
    ]
    return "\n".join(part for part in parts if part)


def front(manifest: Manifest) -> str:
    languages = sorted(code for code in manifest["counts"]["by_language"] if code not in ("", telling.UNKNOWN))
    found: dict[str, Any] = {
        "license": manifest["licence"],
        "pretty_name": telling.TITLE,
        "language": languages or ["fr"],
        "size_categories": [size(manifest["counts"]["turns"])],
        "task_categories": ["text-generation"],
        "tags": [*TAGS, *(["demo"] if telling.is_demo(manifest) else [])],
        "configs": [
            {"config_name": name, **({"default": True} if name == "default" else {}), "data_files": files}
            for name, files in telling.configs(manifest).items()
        ],
    }
    return f"---\n{yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=120)}---\n"


def size(rows: int) -> str:
    return next((name for most, name in SIZES if rows < most), "1M<n<10M")


def french(manifest: Manifest) -> str:
    counts = manifest["counts"]
    demo = "**Données de démonstration : simulées, elles ne disent rien d’aucun modèle.** " if manifest["demo"] else ""
    return (
        f"*En français.* {demo}Des questions posées sur compar:IA, l’arène de l’État pour les IA conversationnelles, "
        "les réponses de deux modèles anonymes, et le choix de la personne quand elle a voté : "
        f"{spaced(counts['turns'])} questions dont {spaced(counts['voted'])} votées. Les données personnelles repérées "
        "sont remplacées par leur nature, comme `[e-mail]`. Licence ouverte Etalab 2.0 : réutilisation libre, y "
        f"compris commerciale, en citant la source et la date. Retirer une conversation : <{telling.SITE}/recu/>.\n"
    )


def numbers(manifest: Manifest) -> str:
    counts = manifest["counts"]
    months = telling.months(manifest)
    scope = [f"{name} {code}" for name, code in manifest["scope"].items() if code]
    since = f", asked from {months[0]} to {months[-1]}" if months else ""
    told = (
        f"{grouped(counts['turns'])} questions with their answers{since}, in {grouped(counts['comparisons'])} "
        f"comparisons by {grouped(counts['visitors'])} visitors; {grouped(counts['voted'])} have a vote. Questions "
        f"asked later than {manifest['until'][:10]} are not in it: whoever asks may change their mind first."
        + (f" This release holds one part only: {', '.join(scope)}." if scope else "")
    )
    tables = [
        table(("Language of the question", "Turns"), counted(counts["by_language"], "not known")),
        table(("Portal", "Turns"), counted(counts["by_portal"])),
        table(("Vote", "Turns"), counted(counts.get("by_choice", {}), "no vote")),
        table(("Model", "Answers"), counted(counts.get("by_model", {}))),
    ]
    return section("What there is", told, *(text for text in tables if text))


def loading(manifest: Manifest) -> str:
    shown = snippets(manifest["name"])
    codes = "\n".join(f"With {snippet.label}:\n\n```python\n{snippet.code}```\n" for snippet in shown)
    parts = table(
        ("Configuration", "Files"), [(f"`{name}`", f"`{files}`") for name, files in telling.configs(manifest).items()]
    )
    others = (
        "`manifest.json` names each file with its rows and SHA-256; `schema.json` is the JSON Schema of a row, "
        "`croissant.json` the Croissant description, `sample.jsonl` a hundred rows to read. `outcomes.parquet` holds "
        "the votes without any text: the published ranking is recomputed from it alone. `legacy/` has the three files "
        "of the earlier releases, with their columns. `tombstones.json` lists rows of earlier releases that were "
        "withdrawn since: please delete them from your copies."
    )
    where = f"Beside the folder of the release, `{manifest['name']}`, or with the name of its repository instead."
    return section("How to load it", where, codes, parts, others)


def how() -> str:
    return section("How rows came to be", telling.VOTES, telling.DRAWS)


def fields() -> str:
    sides = {f"{column.name}_{side}" for column in OF_ANSWER for side in "ab"}
    rows = [(f"`{column.name}`", column.type, column.about) for column in COLUMNS if column.name not in sides]
    rows += [(f"`{column.name}_a`, `{column.name}_b`", column.type, column.about) for column in OF_ANSWER]
    return section(
        "Fields",
        f"One row a turn of a conversation; format `{FORMAT}`, version {VERSION}.",
        table(("Field", "Type", "What it is"), rows),
    )


def left_out(manifest: Manifest) -> str:
    rows = [
        (telling.RULES.get(entry["rule"], f"rule `{entry['rule']}`"), grouped(entry["turns"]))
        for entry in manifest["left_out"]
        if entry["turns"]
    ]
    if not rows:
        return section("What was left out", "Nothing: every turn asked before that date is there.")
    said = "These turns are not in the files. One that falls under several rules is counted once, under the first."
    return section("What was left out", said, table(("Why", "Turns"), rows))


def personal_data(manifest: Manifest) -> str:
    found = manifest.get("personal_data", {})
    redacted = [
        (telling.KINDS.get(kind, kind), grouped(spans)) for kind, spans in manifest["redacted"].items() if spans
    ]
    measures = [
        (language, telling.percent(measure["recall"]), telling.percent(measure["precision"]), grouped(measure["cases"]))
        for language, measure in sorted(found.get("measured", {}).items())
    ]
    return section(
        "Personal data",
        telling.FILTER,
        "Replaced in this release:" if redacted else "Nothing had to be replaced in this release.",
        table(("What", "Times"), redacted),
        "Measured on invented texts that ship with the code, so that anyone can measure again. Recall is the share of "
        "the personal data that is found; precision, the share of what is found that is personal data."
        if measures
        else "The filter was not measured for this release.",
        table(("Language", "Recall", "Precision", "Cases"), measures),
        telling.audit(manifest),
    )


def licence(manifest: Manifest) -> str:
    return section(
        "Licence, attribution, withdrawal",
        f"[Etalab 2.0]({telling.LICENCE}): use, share and adapt, commercially too, naming the source and its date: "
        f"“compar:IA, {manifest['name']}”. It is compatible with CC BY and ODC-BY. Models’ makers may put conditions "
        "of their own on what is done with their answers, such as training another model.",
        f"Whoever asked a question can withdraw it with the receipt they were given, at <{telling.SITE}/recu/>. It "
        "leaves later releases, and its text leaves this one in a revision, which the manifest numbers. If you find "
        "personal data in a row, tell us its `comparison` and `turn`, and please do not spread it.",
    )


def changes(manifest: Manifest) -> str:
    previous = manifest.get("previous")
    if not previous:
        return section("Changes", "This is the first release of this kind.")
    revision = f" (revision {previous['revision']})" if previous.get("revision") else ""
    return section(
        "Changes",
        f"The previous release is {previous['name']}{revision}. A release holds all that came before it, so it "
        "replaces the previous one; `changes.json` says what was added and what has left.",
    )


def section(title: str, *texts: str) -> str:
    return f"## {title}\n\n" + "\n\n".join(text.rstrip("\n") for text in texts if text) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Empty without rows."""
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join((f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *lines)) if lines else ""


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"* {line}" for line in lines)


def counted(counts: dict[str, int], nameless: str = "none") -> list[tuple[str, str]]:
    """The largest first."""
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(nameless if name in ("", telling.UNKNOWN) else f"`{name}`", grouped(count)) for name, count in found]


def grouped(number: int) -> str:
    return f"{number:,}"


def spaced(number: int) -> str:
    """As French writes it, with narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")
