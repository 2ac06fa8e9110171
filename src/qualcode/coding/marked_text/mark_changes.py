"""What an edit of marks has changed: codings that were added, removed, recoded or moved."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qualcode.anchors import Span
from qualcode.model import Coding


@dataclass(frozen=True, slots=True)
class MarkedCode:
    """One code of one mark, with its span in the transcript and its offset in the file."""

    span: Span
    code: str
    offset: int
    mark_offset: int


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A coding as it was and as it is marked now: added without the former, removed without the latter."""

    coding: Coding | None
    marked: MarkedCode | None


def compare_marks(codings: Sequence[Coding], marked: Sequence[MarkedCode], text: str) -> list[MarkChange]:
    """Return what differs between the codings that were marked and the marks as they are now, in the order of the text.

    A coding whose words and code are marked is the same. Of the others, one with the same code on overlapping words
    was moved, and one with another code on the same words was recoded; so a coding keeps its identity and its memo.
    White space at the ends of marks does not matter.
    """
    before, now = _drop_equal(codings, marked, text)
    moved = list(_pair_overlapping(before, now))
    before, now = _without(before, now, moved)
    recoded = list(_pair_same_words(before, now, text))
    before, now = _without(before, now, recoded)
    changes = [
        *(MarkChange(coding, one) for coding, one in (*moved, *recoded)),
        *(MarkChange(coding, None) for coding in before),
        *(MarkChange(None, one) for one in now),
    ]
    return sorted(changes, key=_place_of)


def _drop_equal(
    codings: Sequence[Coding], marked: Iterable[MarkedCode], text: str
) -> tuple[list[Coding], list[MarkedCode]]:
    """Return the codings that are not marked as they were, and the marks that are no coding yet, each once."""
    known: defaultdict[tuple[Span, str], list[Coding]] = defaultdict(list)
    for coding in codings:
        known[trim_span(text, (coding.start, coding.end)), coding.code].append(coding)
    seen = set(known)
    left = {coding.id: coding for coding in codings}
    new = []
    for one in marked:
        key = trim_span(text, one.span), one.code
        if known[key]:
            del left[known[key].pop(0).id]
        elif key not in seen:
            seen.add(key)
            new.append(one)
    return list(left.values()), new


_Pair = tuple[Coding, MarkedCode]


def _without(
    before: Iterable[Coding], now: Iterable[MarkedCode], pairs: Sequence[_Pair]
) -> tuple[list[Coding], list[MarkedCode]]:
    """Return what is in no pair."""
    ids, marked = {coding.id for coding, _ in pairs}, {one for _, one in pairs}
    return [coding for coding in before if coding.id not in ids], [one for one in now if one not in marked]


def _pair_overlapping(before: Iterable[Coding], now: Iterable[MarkedCode]) -> Iterator[_Pair]:
    """Yield codings and marks with one code that overlap, those with most words in common first."""
    by_code: defaultdict[str, list[MarkedCode]] = defaultdict(list)
    for one in now:
        by_code[one.code].append(one)
    pairs = [
        (-overlap, coding.start, one.offset, coding, one)
        for coding in before
        for one in by_code[coding.code]
        if (overlap := min(coding.end, one.span[1]) - max(coding.start, one.span[0])) > 0
    ]
    ids: set[str] = set()
    marked: set[MarkedCode] = set()
    for *_, coding, one in sorted(pairs, key=lambda pair: pair[:3]):
        if coding.id not in ids and one not in marked:
            ids.add(coding.id)
            marked.add(one)
            yield coding, one


def _pair_same_words(before: Iterable[Coding], now: Iterable[MarkedCode], text: str) -> Iterator[_Pair]:
    """Yield codings and marks on the same words, in the order in which their codes are listed."""
    by_span: defaultdict[Span, deque[MarkedCode]] = defaultdict(deque)
    for one in now:
        by_span[trim_span(text, one.span)].append(one)
    for coding in before:
        if left := by_span[trim_span(text, (coding.start, coding.end))]:
            yield coding, left.popleft()


def _place_of(change: MarkChange) -> tuple[int, int, str]:
    if change.marked is not None:
        return *change.marked.span, change.marked.code
    return (change.coding.start, change.coding.end, change.coding.code) if change.coding else (0, 0, "")


def trim_span(text: str, span: Span) -> Span:
    """Return a span without white space at its ends; empty if it has nothing else."""
    words = text[slice(*span)]
    start = span[0] + len(words) - len(words.lstrip())
    return start, start + len(words.strip())
