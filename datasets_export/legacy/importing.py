"""The rows of the three files into our tables, some hundreds to a transaction: an interruption leaves whole ones.

A conversation's identifier here is made from the one it has in the files, so that votes and reactions find it, and a
second run finds that it is there. LegacyRow remembers every row that came in or was refused.
"""

import uuid
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from arena import importing as arena
from arena.languages import detect
from arena.models import Comparison
from arena.personal.finding import find
from datasets_export.enrichment.topics import LABELS
from datasets_export.models import LegacyRow
from models_catalog.archiving import known_or_archived

from . import choices, parsing, reading
from .columns import CONVERSATIONS, OURS, REACTIONS, VOTES
from .parsing import EPOCH
from .refusals import Refused

PAIRS = uuid.UUID("5c0b9a3e-7f0f-5a53-9a55-0d4c8f5b5f2e")
LOCK = 0x6C656761  # one import at a time
REASON = "import_datasets"
WRITTEN, THERE, SITES_OWN = "written", "there already", "written by this site"


class UnderWay(Exception):
    """Another import runs."""


def comparison_of(pair):
    return uuid.uuid5(PAIRS, pair)


class Import:
    """One run. `counts` is {(file, what became of the row): rows}, `notes` {what was decided: times}."""

    def __init__(self, portal):
        self.portal = portal
        self.counts, self.notes = Counter(), Counter()
        self.models = {}

    def run(self, parts, say, dry_run=False):
        """Read all parts, {file: paths}; `say` is given sentences. A dry run does all of it, then undoes it."""
        with _alone(), _undone() if dry_run else _kept():
            for file, paths in parts.items():
                total, done = sum(map(reading.rows_in, paths)), 0
                for path in paths:
                    for batch in reading.batches(path, file):
                        with transaction.atomic():
                            self.bring(file, batch)
                        done += batch.num_rows
                        say(f"{file}: {done}/{total}")

    def bring(self, file, batch):
        rows = self.new_rows(file, batch)
        bring = {CONVERSATIONS: self.conversations, VOTES: self.opinions, REACTIONS: self.opinions}[file]
        LegacyRow.objects.bulk_create(bring(file, rows))

    def new_rows(self, file, batch):
        """Those of the batch that no run has seen, without the columns of the others being read."""
        ids = batch.column("id")
        sites_own = pc.fill_null(pc.greater_equal(ids, OURS), True)
        known = LegacyRow.objects.filter(file=file, key__in=map(str, ids.to_pylist()))
        known = pa.array([int(key) for key in known.values_list("key", flat=True)], ids.type)
        there = pc.is_in(ids, known)
        self.counts[file, SITES_OWN] += pc.sum(sites_own).as_py() or 0
        self.counts[file, THERE] += pc.sum(there).as_py() or 0
        rows, seen = [], set()
        for row in batch.filter(pc.invert(pc.or_(there, sites_own))).to_pylist():
            if row["id"] in seen:
                self.counts[file, "same-id-twice"] += 1
            else:
                seen.add(row["id"])
                rows.append(row)
        return rows

    def conversations(self, file, rows):
        """Write those that can be; the LegacyRow of each row."""
        kept, found = [], {}
        for row in rows:
            try:
                conversation = parsing.conversation(row)
                id = comparison_of(conversation.pair)
                if id in found:
                    raise Refused("same-conversation-twice")
                found[id] = row, conversation
            except Refused as refused:
                kept.append(self.refused(file, row, refused))
        there = set(Comparison.objects.filter(pk__in=found).values_list("pk", flat=True))
        self.know({name for _row, conversation in found.values() for name in conversation.models})
        written = []
        for id, (row, conversation) in found.items():
            a, b = map(self.models.get, conversation.models)
            rule = "same-model-twice" if a == b else "same-conversation-twice" if id in there else ""
            if rule:
                kept.append(self.refused(file, row, Refused(rule)))
                continue
            written.append(self.as_ours(id, conversation, (a, b)))
            kept.append(self.kept(file, row, id, self.without_personal_data(conversation)))
        arena.write_conversations(Comparison.Origin.IMPORTED, written)
        return kept

    def as_ours(self, id, conversation, models):
        chosen = ()
        if conversation.mode == Comparison.Mode.CUSTOM:
            named = [self.models[name] for name in conversation.models if name in conversation.chosen]
            chosen = tuple(named) or models  # not told which: neither was drawn for sure
        topics = tuple(topic for topic in conversation.categories if topic in LABELS)
        turns = tuple(
            arena.Asked(question, conversation.language or detect(question), self.said(conversation, place), topics)
            for place, question in enumerate(conversation.questions)
        )
        visitor = conversation.visitor and f"imported-{sha256(conversation.visitor.encode()).hexdigest()[:32]}"
        return arena.Conversation(
            conversation.created_at,
            visitor,
            self.portal.pk,
            self.portal.default_language,
            models,
            turns,
            conversation.mode,
            chosen,
            id=id,
        )

    def said(self, conversation, place):
        answers = [side[place] for side in conversation.answers]
        self.notes["answers that are empty or missing, imported as failed"] += sum(
            not (answer.text or answer.reasoning) for answer in answers
        )
        return tuple(
            arena.Said(
                answer.text,
                answer.reasoning,
                answer.output_tokens,
                "" if answer.output_tokens is None else "provider",
                answer.seconds,
                answer.generation_id,
                system_prompt,
            )
            for answer, system_prompt in zip(answers, conversation.system_prompts, strict=True)
        )

    def without_personal_data(self, conversation):
        """What is kept, but for a summary and keywords in which the rules find some: no review would see it there."""
        kept = conversation.kept
        told = "\n".join((kept.get("short_summary", ""), *kept.get("keywords", ())))
        if not find(told, conversation.language, by_visitor=False):
            return kept
        self.notes["summaries and keywords that hold personal data, left out"] += 1
        return {name: value for name, value in kept.items() if name not in ("short_summary", "keywords")}

    def opinions(self, file, rows):
        """Votes or reactions: keep those that can be, and settle the turns that they are about."""
        kept, found = [], []
        parse = parsing.vote if file == VOTES else parsing.reaction
        for row in rows:
            try:
                opinion = parse(row)
                found.append((row, opinion, comparison_of(opinion.pair)))
            except Refused as refused:
                kept.append(self.refused(file, row, refused))
        turns = arena.imported_turns([id for _row, _opinion, id in found])
        comments = defaultdict(list)
        for row, opinion, id in found:
            if id not in turns:  # not remembered: a later run may find it
                self.counts[file, "no-conversation"] += 1
                continue
            rank = last_whole(turns[id]) if opinion.rank is None else opinion.rank
            if rank >= len(turns[id]):
                kept.append(self.refused(file, row, Refused("no-such-message")))
                continue
            comments[turns[id][rank].id].append(opinion.comments)
            kept.append(self.kept(file, row, id, opinion.kept | {"turn": rank + 1}))
        self.settle({row.comparison_id for row in kept} - {None}, kept, turns, comments)
        return kept

    def settle(self, comparisons, new, turns, comments):
        """Give the turns of these comparisons the votes that all their rows come to, those of earlier runs too."""
        earlier = LegacyRow.objects.filter(comparison__in=comparisons, file__in=(VOTES, REACTIONS))
        about = defaultdict(lambda: {VOTES: [], REACTIONS: []})
        for row in (*earlier, *(row for row in new if row.comparison_id)):
            about[turns[row.comparison_id][row.data["turn"] - 1]][row.file].append(row.data)
        ballots = {}
        for turn, given in about.items():
            if turn.id not in comments:  # nothing new about it
                continue
            settled = choices.settle(given[VOTES], given[REACTIONS])
            self.notes["reactions that say otherwise than the vote, which wins"] += settled.is_overruled
            self.notes["more than one vote on a conversation: the last one counts"] += len(given[VOTES]) > 1
            said = zip(turn.comments, *comments[turn.id], strict=True)
            ballots[turn.id] = arena.Ballot(
                settled.choice,
                EPOCH + timedelta(microseconds=settled.at),
                settled.tags,
                tuple("\n".join(dict.fromkeys(filter(None, of_side))) for of_side in said),
            )
        arena.set_imported_votes(ballots)

    def know(self, names):
        if missing := names - self.models.keys():
            self.models |= known_or_archived(missing, REASON)

    def kept(self, file, row, comparison, data):
        self.counts[file, WRITTEN] += 1
        return LegacyRow(file=file, key=str(row["id"]), comparison_id=comparison, data=data)

    def refused(self, file, row, refused):
        self.counts[file, refused.rule] += 1
        return LegacyRow(file=file, key=str(row["id"]), refused=refused.rule)


def last_whole(turns):
    """Place of the last turn whose answers are both there: the one that a vote on the whole is about."""
    return next((place for place in reversed(range(len(turns))) if turns[place].is_whole), len(turns) - 1)


@contextmanager
def _alone():
    """Raises UnderWay if another connection imports."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise UnderWay("Another import is under way.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _kept():
    yield


@contextmanager
def _undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
