"""A turn as a release holds it, in memory between the database and the files. Pure."""

from dataclasses import make_dataclass

from datasets_export.columns import NAMES

BESIDE = ("generation_id_a", "generation_id_b", "legacy")
"""For the three files of the existing site alone. `generation_id_*` is the provider's identifier of the answer, ""
if none. `legacy` is None, or what an imported comparison kept of those files, the same for each of its turns:
{"conversations" | "votes" | "reactions": [{"key": LegacyRow.key, "data": LegacyRow.data}, …]}, in the order of keys."""

Row = make_dataclass("Row", (*NAMES, *BESIDE), slots=True)
"""A field for each column of `columns.py`, in its order, then BESIDE. Texts are redacted already; `comparison` and
`visitor` are the codes of this release; `timestamp` is a datetime in UTC without a fraction of a second; lists are
lists; null is None."""
