"""Spans of one coder as arrays: text, start, end and code of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qualcode.agreement.rating_patterns import Flags, Ints


@dataclass(frozen=True, slots=True)
class Spans:
    """Coded spans of one coder, ordered by text and start, each array of shape (spans,). See `make_spans`.

    Attributes
    ----------
    text : ndarray of int
        The number of the transcript, from 0.
    start, end : ndarray of int
        Half-open, within the text.
    code : ndarray of int
        The number of the code, from 0.
    """

    text: Ints
    start: Ints
    end: Ints
    code: Ints

    def __len__(self) -> int:
        return len(self.text)

    @property
    def length(self) -> Ints:
        """The number of characters of each."""
        return self.end - self.start

    def select(self, chosen: Flags | Ints) -> Spans:
        """Return some of the spans, by mask or position."""
        return Spans(self.text[chosen], self.start[chosen], self.end[chosen], self.code[chosen])

    def join_texts(self, lengths: Ints) -> Spans:
        """Return the spans in one text that has all texts, of the given lengths, one after the other."""
        offset = (np.cumsum(lengths) - lengths)[self.text]
        return Spans(np.zeros_like(self.text), self.start + offset, self.end + offset, self.code)


def make_spans(rows: Iterable[tuple[int, int, int, int]]) -> Spans:
    """Return spans from rows of text, start, end and code, ordered by text and start; empty spans are left out.

    Examples
    --------
    >>> make_spans([(0, 20, 30, 0), (0, 5, 9, 1)]).start.tolist()
    [5, 20]
    """
    table = np.array(sorted(row for row in rows if row[1] < row[2]), dtype=np.int64).reshape(-1, 4)
    return Spans(*table.T)


def overlapping_pairs(first: Spans, second: Spans) -> tuple[Ints, Ints]:
    """Return the positions of all pairs of a span in ``first`` and one in ``second`` with common characters.

    Both are ordered by start and in one text (`Spans.join_texts`).
    """
    begin = np.searchsorted(np.maximum.accumulate(second.end), first.start, side="right")
    count = np.maximum(np.searchsorted(second.start, first.end, side="left") - begin, 0)
    one = np.repeat(np.arange(len(first)), count)
    other = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
    common = second.end[other] > first.start[one]
    return one[common], other[common]


def has_overlaps(spans: Spans) -> bool:
    """Return whether two of the spans, ordered by start and in one text, have common characters."""
    return bool(np.any(spans.start[1:] < np.maximum.accumulate(spans.end)[:-1]))


def find_cuts(joined: Sequence[Spans], lengths: Ints) -> Ints:
    """Return all boundaries of spans and texts, ascending, for spans in one text (`Spans.join_texts`)."""
    boundaries = [part for spans in joined for part in (spans.start, spans.end)]
    return np.unique(np.concatenate([[0], np.cumsum(lengths), *boundaries]).astype(np.int64))
