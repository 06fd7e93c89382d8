"""How long a release takes: `python -m bench.releases 30000 300000`. In a database of its own.

Target: 300,000 conversations of 4.6 kB in 90 s and 400 MB on one core, with all files, their sums and the sample.
PostgreSQL has the other: left to choose, the system wakes it on the core that waits for it. docs/releases.md holds what
was reached.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bench import stage, texts
from deploy.local import servers

CHARACTERS = (300, 2150, 2150)
"""Of the question and of each answer."""
AT_ONCE = 5_000
MODELS, VISITORS = 40, 60_000
LANGUAGES = ("fr",) * 8 + ("en", "")
PLACE = Path("var/bench-releases")


def main() -> int:
    """The command line: seeds once for each size, each build in a process of its own."""
    if sys.argv[1:2] == ["build"]:
        return build()
    PLACE.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "LOCAL": "1",
        "LOCAL_MODELS_URL": "",
        "LOG_LEVEL": "WARNING",
        "RELEASES_DIR": str(PLACE / "releases"),
    }
    os.environ.setdefault("SECRET_KEY", "only-for-measures-0123456789-abcdefghijklmnopqrstuvwxyz")
    os.environ.setdefault("FIELD_KEYS", "bWVhc3VyZXMtbWVhc3VyZXMtbWVhc3VyZXMtMDEyMzQ=")
    os.environ["DJANGO_SETTINGS_MODULE"] = "comparia.settings"
    os.environ.update(servers.ensure(PLACE, durable=True))
    for pid, _log in servers.processes(PLACE).values():
        os.sched_setaffinity(pid, {1})  # and all that it starts
    os.environ["DATABASE_URL"] = stage.new_database(os.environ["DATABASE_URL"])
    there = 0
    for wanted in map(int, sys.argv[1:] or ["30000", "300000"]):
        seed(there, wanted)
        there = wanted
        shutil.rmtree(PLACE / "releases", ignore_errors=True)
        command = [*("taskset", "-c", "0"), sys.executable, "-m", "bench.releases", "build", f"of-{wanted}"]
        subprocess.run(command, check=True)
    servers.release(PLACE)
    return 0


def build() -> int:
    import django

    django.setup()
    from datasets_export.releases import building

    start = time.perf_counter()

    def say(line: object) -> None:
        print(f"{time.perf_counter() - start:7.1f} s  {line}", flush=True)

    release = building.build(sys.argv[2], say=say)
    took, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    turns = release.manifest["counts"]["turns"]
    size = sum(file["bytes"] for file in release.manifest["files"])
    say(
        f"{turns:,} turns: {1e6 * took / turns:.0f} µs a row, of which "
        f"{1e6 * (used.ru_utime + used.ru_stime) / turns:.0f} µs of this process; "
        f"{used.ru_maxrss / 1024:.0f} MB at most; {size / 1e6:,.0f} MB of files"
    )
    return 0


def seed(there: int, wanted: int) -> None:
    """Imported conversations of one turn, voted and analysed, up to so many."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from arena import importing
    from arena.models import Turn
    from datasets_export import enrichment
    from datasets_export.models import Analysis

    if not there:
        call_command("migrate", verbosity=0)
    rows = made(there, wanted)
    while batch := list(islice(rows, AT_ONCE)):
        importing.write("imported", batch)
        found = Turn.objects.filter(analysis=None)
        asked = found.values_list("pk", "prompt", "answers__side", "answers__text").order_by("pk", "answers__side")
        said: dict[int, dict[str, str]] = {}
        for turn, prompt, side, text in asked:
            said.setdefault(turn, {"prompt": prompt})[f"text_{side}"] = text
        Analysis.objects.bulk_create(
            Analysis(turn_id=turn, status="done", method="bench", texts_digest=enrichment.digest(of_turn))
            for turn, of_turn in said.items()
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    connection.close_pool()


def made(there: int, wanted: int):
    from django.utils import timezone

    from arena import importing
    from arena.tests import factories

    portal = factories.portal()
    models = factories.LanguageModel.objects.filter(slug__startswith="bench-")
    ids = [model.pk for model in models] or [factories.language_model(f"bench-{number}").pk for number in range(MODELS)]
    rng = random.Random(there)
    words = " ".join(texts.TEXTS).split(" ")
    now = timezone.now()
    for _number in range(there, wanted):
        said = [sentence(rng, words, length) for length in CHARACTERS]
        yield importing.Voted(
            created_at=now - timedelta(days=8 + rng.random() * 400),
            visitor_key=f"bench-{rng.randrange(VISITORS)}",
            portal_id=portal.pk,
            language="fr",
            models=tuple(rng.sample(ids, 2)),
            prompt=said[0],
            prompt_language=rng.choice(LANGUAGES),
            topics=("Arts",),
            texts=(said[1], said[2]),
            tokens=(500, 500),
            choice=rng.choice(("a_better", "b_better", "both_good", "both_bad")),
            draw_probability=0.001,
            tags=(("useful",), ("incorrect",)),
        )


def sentence(rng: random.Random, words: list[str], length: int) -> str:
    return " ".join(rng.choices(words, k=length // 5))[:length]


if __name__ == "__main__":
    raise SystemExit(main())
