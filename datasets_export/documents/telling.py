"""What the card and the Croissant description both say of a release, in English. Pure."""

from typing import Any

Manifest = dict[str, Any]

SITE = "https://comparia.beta.gouv.fr"
LICENCE = "https://github.com/etalab/licence-ouverte/blob/master/LO.md"
TITLE = "compar:IA conversations and votes"
CREATOR = "compar:IA, French Ministry of Culture and Interministerial Directorate for Digital Affairs (DINUM)"
UNKNOWN = "und"
"""Folder of the questions whose language is not known."""

WHAT = (
    "Questions that visitors of compar:IA, the French State's arena of conversational AI, asked of two anonymous "
    "language models at once, the two answers, and which one the visitor preferred."
)
RULES = {
    "withdrawn": "withdrawn by whoever asked it",
    "erased": "erased by whoever asked it",
    "cohort": "made within a group, a course or a study that is not published",
    "room": "made in a class room that did not choose to publish",
    "review": "waiting for a person to read it again, or set aside by that person",
    "not-analysed": "not yet searched for personal data",
    "changed-since-analysis": "changed since it was searched for personal data",
    "unfinished": "its answers are not finished",
    "personal-data": "personal data was found in it",
    "abuse": "judged abusive",
    "vote-ring": "part of a series of votes that look arranged together",
}
KINDS = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "bank_account": "bank accounts",
    "bank_card": "bank cards",
    "national_id": "national identity numbers",
    "address": "postal addresses",
    "name": "names of persons",
    "ip_address": "IP addresses",
    "secret": "passwords and keys",
    "other": "other personal data",
}
DRAWS = (
    "Unless the visitor chose a model, the site draws the pair. Draws are not uniform: pairs of which a vote teaches "
    "more are drawn more often. `draw_probability` is the probability with which the pair was drawn, and `pool` the "
    "models that could have been: weight by its inverse where you need what uniform draws would have given. It is null "
    "where the visitor chose both. Where a model failed before its first word, another took its place: `is_replaced` "
    "says so, and the probability is then not that of the pair you see."
)
VOTES = (
    "The visitor reads both answers without knowing who wrote them and may say which is better, that both are good, "
    "that neither is, or that they cannot say; then, if they wish, why, with words to tick and a comment. Names of "
    "models are masked in the answers until the reveal; the files hold the originals. A fair coin decides sides."
)
FILTER = (
    "Every text is searched for personal data by rules that run on the site's own machine. What is found is replaced "
    "by what it was, as in `[e-mail]`; what is doubtful waits for a person. A row whose texts were not searched, or "
    "changed since, is not in the release."
)
BIASES = (
    "Whoever votes is a visitor of a public site, mostly in France, who came by themselves, through their school, "
    "their employer or the press: no sample of any population. A few visitors vote a lot: `visitor` lets you see it.",
    "Votes go with length, headings and lists, and with the ease of reading; most visitors do not check facts. A "
    "preferred answer is not a true one.",
    "Nothing was asked about visitors: no age, no occupation, no place. Votes cannot be broken down by them.",
    "Questions and answers may be false, biased, offensive or unlawful. They are published as they were written.",
)
LIMITS = (
    "Topics, keywords and summaries are told by programs, and empty where none could tell; `topics_source` says which.",
    "Token counts are the provider's where it gives them, else estimates; energy, gases and water are ranges of "
    "estimates, by a method that `impact_method` names. Compare them only within one method.",
    "Codes of visitors and of comparisons are made anew for each release: rows cannot be linked across releases.",
    "The filter of personal data is not perfect: its measures are given with the release.",
)


def language_of(file: Manifest) -> str:
    return file["language"] or UNKNOWN


def turns_files(manifest: Manifest) -> list[Manifest]:
    return [file for file in manifest["files"] if file["kind"] == "turns"]


def configs(manifest: Manifest) -> dict[str, str]:
    """{name of a part: pattern of its files}: all turns, those of each portal and language, outcomes, old files."""
    parts = sorted({f"{file['portal']}-{language_of(file)}" for file in turns_files(manifest)})
    found = {"default": "turns/*/*.parquet"} | {part: f"turns/{part}/*.parquet" for part in parts}
    for file in manifest["files"]:
        if file["kind"] == "outcomes":
            found["outcomes"] = file["path"]
        elif file["kind"] == "legacy":
            stem = file["path"].removeprefix("legacy/comparia-").removesuffix(".parquet")
            found[f"legacy-{stem.split('-')[0]}"] = f"legacy/comparia-{stem.split('-')[0]}*.parquet"
    return found


def months(manifest: Manifest) -> list[str]:
    """`2026-01`, in order."""
    return sorted(manifest["counts"].get("by_month", {}))


def is_demo(manifest: Manifest) -> bool:
    return bool(manifest.get("demo"))


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def audit(manifest: Manifest) -> str:
    """What a person's reading of a sample says, in a sentence."""
    found = manifest.get("personal_data", {}).get("audit")
    if not found:
        return "No person has read a random sample of this release yet: how much personal data remains is not known."
    return (
        f"A person read {found['rows']} rows drawn at random and found personal data in {found['found']}: with 95% "
        f"confidence, no more than {percent(found['upper_bound'])} of the rows still hold some."
    )
