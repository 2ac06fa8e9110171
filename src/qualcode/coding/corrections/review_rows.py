"""What a review shows of each coding beside its words: what was decided on it before, and a check of what is shown."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter
from typing import Literal

from qualcode.study.readings.passages import Adjudication

_CHECK_LENGTH = 12

Outcome = Literal["applies", "absent", ""]
"""What the consensus has decided on a code in a span; empty if nothing."""


def review_check(code: str, quote: str, decided: Outcome) -> str:
    """Return a short hash of what a review shows of a coding, which tells whether the coding has changed since.

    It begins with a letter, since a spreadsheet would read some hashes as numbers.
    """
    text = "\0".join([code, quote, decided])
    return "c" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_CHECK_LENGTH]


class EarlierDecisions:
    """The decisions of the consensus, by the passage and code that they are on."""

    def __init__(self, adjudications: Iterable[Adjudication]) -> None:
        self._by_code: dict[tuple[str, str], list[Adjudication]] = defaultdict(list)
        for one in sorted(adjudications, key=attrgetter("id")):
            self._by_code[one.transcript, one.code].append(one)

    def __bool__(self) -> bool:
        return bool(self._by_code)

    def find(self, transcript: str, start: int, end: int, code: str) -> Adjudication | None:
        """Return the latest decision on a code that covers a span, if there is one."""
        decided = self._by_code.get((transcript, code), ())
        return next((one for one in reversed(decided) if one.start <= start and end <= one.end), None)


def outcome_of(decision: Adjudication | None) -> Outcome:
    """Return what a decision says of its code."""
    return "" if decision is None else "applies" if decision.applies else "absent"


def describe_outcome(decision: Adjudication | None) -> str:
    """Return what was decided before as a review shows it: "kept by lea"; nothing if nothing was decided."""
    if decision is None:
        return ""
    return f"{'kept' if decision.applies else 'rejected'} by {decision.by or 'the consensus'}"
