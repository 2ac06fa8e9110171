"""What was decided for all coders on a passage: the decision that covers it and has its code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from qualcode.study.readings.passages import Adjudication


class CoveringDecisions:
    """Decisions of adjudicators, found by the spans that they cover."""

    def __init__(self, adjudications: Iterable[Adjudication]) -> None:
        self._decisions: dict[tuple[str, str], list[Adjudication]] = defaultdict(list)
        for one in adjudications:
            self._decisions[one.transcript, one.code].append(one)

    def find(self, transcript: str, code: str, start: int, end: int) -> Adjudication | None:
        """Return the last decision on this code that covers all of a span; None if there is none."""
        decisions = self._decisions.get((transcript, code), ())
        return next((one for one in reversed(decisions) if one.start <= start and end <= one.end), None)

    def __bool__(self) -> bool:
        return bool(self._decisions)
