"""A random sample of a release, as published, for a person to judge: how much personal data may remain in it."""

import hashlib
import random
from collections import defaultdict
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arena import codes, excluding
from arena.models import Comparison, Turn
from staff import secrets

from .bounds import upper_bound
from .columns import TEXTS
from .models import Audit, AuditedRow

ROWS = 200
Verdict = AuditedRow.Verdict
RULE = "personal-data"


def seed_of(release):
    """The same for the same release: a sample drawn twice is drawn once."""
    return int.from_bytes(hashlib.sha256(release.name.encode()).digest()[:6])


def draw(release, rows=ROWS, seed=None):
    """The sample of this seed, drawn if it was not yet: (audit, whether it is new). Every row has the same chance."""
    seed = seed_of(release) if seed is None else seed
    if known := release.audits.filter(seed=seed).first():
        return known, False
    picked = pick(release, rows, seed)
    turns = turns_of(release, [key for _path, key in picked])
    with transaction.atomic():
        audit = Audit.objects.create(release=release, seed=seed)
        found = [(path, turns[key]) for path, key in picked if key in turns]
        AuditedRow.objects.bulk_create(
            AuditedRow(audit=audit, turn_id=turn, path=path, place=place)
            for place, (path, turn) in enumerate(found, start=1)
        )
    return audit, True


def pick(release, rows, seed):
    """[(path of the file, (comparison's code, turn's number))] in the order of the draw."""
    files = [(file["path"], file["rows"]) for file in release.manifest["files"] if file["kind"] == "turns"]
    total = sum(count for _path, count in files)
    drawn = random.Random(seed).sample(range(total), min(rows, total))
    wanted = defaultdict(list)
    for place, index in enumerate(drawn):
        for path, count in files:
            if index < count:
                wanted[path].append((place, index))
                break
            index -= count
    picked = {}
    for path, places in wanted.items():
        keys = read(release, path, columns=["comparison", "turn"]).to_pylist()
        picked |= {place: (path, (keys[index]["comparison"], keys[index]["turn"])) for place, index in places}
    return [picked[place] for place in sorted(picked)]


def turns_of(release, keys):
    """{(comparison's code, turn's number): the turn's id}; those no longer there are missing."""
    code = codes.comparison_code_in_sql(key_of(release), "pk")
    asked = Comparison.objects.filter(created_at__lt=release.until).annotate(code=code)
    of_code = dict(asked.filter(code__in={code for code, _number in keys}).values_list("pk", "code"))
    turns = Turn.objects.filter(comparison__in=of_code).values_list("comparison", "number", "pk").order_by()
    return {(of_code[comparison], number): pk for comparison, number, pk in turns}


def published(row):
    """{a value of Span.Field: its text}, empty ones apart, as the release now holds them; None if it no longer does."""
    release = row.audit.release
    code = codes.comparison_code(key_of(release), row.turn.comparison_id)
    this = [("comparison", "=", code), ("turn", "=", row.turn.number)]
    try:
        found = read(release, row.path, columns=list(TEXTS), filters=this).to_pylist()
    except FileNotFoundError:
        return None
    return {name: text for name, text in found[0].items() if text} if found else None


def read(release, path, **what):
    """A table of one of the release's files. Arrow is loaded here alone: pages that judge nothing do without it."""
    import pyarrow.parquet as pq

    return pq.read_table(Path(settings.RELEASES_DIR) / release.name / path, partitioning=None, **what)


def key_of(release):
    return bytes.fromhex(secrets.decrypt(bytes(release.encrypted_key)))


def judge(row, verdict, by, at=None):
    """Keep the verdict; the same row may be judged again."""
    AuditedRow.objects.filter(pk=row.pk).update(verdict=verdict, judged_by=by, judged_at=at or timezone.now())


def exclude(row, by):
    """Take the text of the turn out of later releases, and of this one's next revision."""
    reason = str(_("Found by the audit of the release %(name)s.")) % {"name": row.audit.release.name}
    excluding.exclude(row.turn.comparison_id, RULE, "text", turn_id=row.turn_id, reason=reason, by=by)


def with_progress(audits):
    return audits.annotate(
        drawn=Count("rows"),
        judged=Count("rows", filter=~Q(rows__verdict=Verdict.TO_JUDGE)),
        found=Count("rows", filter=Q(rows__verdict=Verdict.PERSONAL)),
    )


def results(releases):
    """{release's id: {"rows", "found", "upper_bound"}} of its last sample that was judged whole: one judged in part
    may leave the doubtful rows for later."""
    done = {}
    for audit in with_progress(Audit.objects.filter(release__in=releases)).order_by("created_at"):
        if audit.drawn and audit.judged == audit.drawn:
            bound = round(upper_bound(audit.found, audit.judged), 5)
            done[audit.release_id] = {"rows": audit.judged, "found": audit.found, "upper_bound": bound}
    return done


def result(release):
    """What `personal_data.audit` of a manifest says: of the release, else of the last before it, whose name it then
    gives as `release`; None if none was judged."""
    while release is not None:
        if found := results([release]).get(release.pk):
            return found | {"release": release.name}
        release = release.previous
    return None
