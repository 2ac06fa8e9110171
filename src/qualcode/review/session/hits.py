"""The lists that ``n`` and ``N`` walk: suggestions, found words, changed codings, disagreements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qualcode.anchors import Span
from qualcode.model import Transcript

HitKind = Literal["suggestion", "found", "changed", "disagreement"]
HIT_NAMES: dict[HitKind, str] = {
    "suggestion": "suggestion",
    "found": "place",
    "changed": "changed coding",
    "disagreement": "disagreement",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One place in a list: the id of a suggestion, coding or passage, or empty for found words."""

    transcript: str
    start: int
    end: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class HitList:
    """A list to walk, with the place in it."""

    kind: HitKind = "suggestion"
    hits: tuple[Hit, ...] = ()
    place: int = -1
    """Index of the current hit; -1 before the first one."""

    @property
    def current(self) -> Hit | None:
        """The hit at the place."""
        return self.hits[self.place] if 0 <= self.place < len(self.hits) else None


def find_next(hits: HitList, step: int, *, transcript: str, offset: int) -> int | None:
    """Return the index of the hit after (``step`` 1) or before (-1) the place; None at the end of the list.

    Without a place in the list it is the first hit at or after an offset of a transcript, in a list in this order.
    """
    if hits.current is not None:
        index = hits.place + step
        return index if 0 <= index < len(hits.hits) else None
    here = [index for index, hit in enumerate(hits.hits) if hit.transcript == transcript]
    if step > 0:
        later = [index for index in here if hits.hits[index].start >= offset]
        return min(later, key=lambda index: hits.hits[index].start, default=0 if hits.hits else None)
    earlier = [index for index in here if hits.hits[index].start < offset]
    return max(earlier, key=lambda index: hits.hits[index].start, default=None)


def search_text(transcript: Transcript, words: str) -> list[Hit]:
    """Return the places of words in a transcript; capitals count only if some were typed, white space is one blank."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    if not pattern:
        return []
    flags = 0 if words != words.lower() else re.IGNORECASE
    return [Hit(transcript.id, *span) for span in _matches(re.compile(pattern, flags), transcript)]


def _matches(pattern: re.Pattern[str], transcript: Transcript) -> Iterator[Span]:
    for turn in transcript.turns:
        for match in pattern.finditer(transcript.text, turn.start, turn.end):
            yield match.span()


def spans_of(hits: Sequence[Hit], transcript: str) -> list[Span]:
    """Return the spans of hits in one transcript."""
    return [(hit.start, hit.end) for hit in hits if hit.transcript == transcript]
