"""Which rows of earlier releases must go from whoever has them: their codes there, a date, a reason, and no text."""

from django.utils import timezone

from datasets_export.models import Release

from . import building, counting, folders, leaving

FORMAT = "comparia-tombstones/1"


def document(release, rows):
    return {"format": FORMAT, "release": release.name, "demo": "DEMO" if release.is_demo else "", "rows": rows}


def before(release):
    """The content of `tombstones.json` in a new release: of each earlier one of its scope, all that left it."""
    earlier = Release.objects.filter(
        status=Release.Status.BUILT, portal=release.portal, language=release.language, is_demo=release.is_demo
    )
    rows = []
    for one in earlier.order_by("created_at"):
        if folders.place(one.name).exists():
            rows += kept(one) + rows_of(one, due(one))
    return document(release, rows)


def kept(release):
    """Those that its own revisions told."""
    told = folders.read_json(folders.place(release.name) / "tombstones.json")["rows"]
    return [row for row in told if row["release"] == release.name]


def due(release):
    """{(comparison, turn): leaving.Gone} of what its files hold and must not: what a revision would take away."""
    gone = leaving.gone(release, building.key_of(release), but=leaving.PASSING)
    if not gone:
        return {}
    shards = sorted(folders.place(release.name).glob("turns/*/*.parquet"))
    return {key: gone[key] for path in shards for key in counting.keys(path) if key in gone}


def rows_of(release, gone):
    on = timezone.localdate().isoformat()
    return [
        {"release": release.name, "comparison": comparison, "turn": turn, "reason": reason(left.rule), "on": on}
        for (comparison, turn), left in sorted(gone.items())
    ]


def reason(rule):
    return rule if rule in ("withdrawn", "erased") else "set-aside"
