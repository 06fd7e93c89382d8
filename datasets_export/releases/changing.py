"""What a release changes from the one before, told from their manifests. Pure."""

from typing import Any

FORMAT = "comparia-changes/1"

Manifest = dict[str, Any]


def changes(manifest: Manifest, before: Manifest | None) -> dict[str, Any]:
    """The content of `changes.json`: figures as `[before, after]`, those that are the same left out."""
    old = before["counts"] if before else {}
    new = manifest["counts"]
    models = [set(counts.get("by_model", ())) for counts in (old, new)]
    return {
        "format": FORMAT,
        "release": manifest["name"],
        "previous": manifest["previous"],
        "demo": manifest["demo"],
        "columns": [(before or {}).get("versions", {}).get("columns"), manifest["versions"]["columns"]],
        "counts": pairs(
            {name: count for name, count in old.items() if isinstance(count, int)},
            {name: count for name, count in new.items() if isinstance(count, int)},
        ),
        **{name: pairs(old.get(name, {}), count) for name, count in new.items() if isinstance(count, dict)},
        "models": {"new": sorted(models[1] - models[0]), "gone": sorted(models[0] - models[1])},
        "left_out": pairs(left_out(before), left_out(manifest)),
    }


def pairs(old: dict[str, int], new: dict[str, int]) -> dict[str, list[int]]:
    names = sorted({*old, *new})
    found = {name: [old.get(name, 0), new.get(name, 0)] for name in names}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def left_out(manifest: Manifest | None) -> dict[str, int]:
    return {rule["rule"]: rule["turns"] for rule in manifest["left_out"]} if manifest else {}
