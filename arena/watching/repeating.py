"""The same question voted many times by one visitor: the first votes count, the next ones do not. Pure.

Who compares many models on their own question is welcome; without a limit one would weigh as much as thousands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .seen import Found, Seen, Thresholds, by_visitor

RULE = "repeated-question"


def repeated(seen: Iterable[Seen], thresholds: Thresholds) -> Iterator[Found]:
    for votes in by_visitor(seen).values():
        asked = defaultdict(list)
        for one in votes:
            asked[one.question].append(one)
        for question, same in asked.items():
            if question:
                for one in same[thresholds.repeats :]:
                    evidence = {"same_question": len(same), "counted": thresholds.repeats}
                    yield Found(one.comparison, RULE, evidence)
