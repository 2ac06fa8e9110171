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


@dataclass(frozen=True, slots=True)
class Stretches:
    """Texts cut wherever a span of any coder begins or ends, so that no reading changes within a stretch.

    Attributes
    ----------
    text : ndarray of int, shape (stretches,)
    length : ndarray of int, shape (stretches,)
        In characters: what a stretch counts in agreement by character (``lengths`` of `build_patterns`).
    members : ndarray of bool, shape (stretches, coders, codes)
        Whether a coder has a span with the code there. ``members[:, :, code]`` are the ratings of one code.
    """

    text: Ints
    length: Ints
    members: Flags


def cut_stretches(coders: Sequence[Spans], lengths: Ints, *, n_codes: int) -> Stretches:
    """Return the stretches of some texts; spans of one coder may overlap, with the same code as well.

    Examples
    --------
    >>> one, other = make_spans([(0, 2, 6, 0)]), make_spans([(0, 4, 9, 0)])
    >>> stretches = cut_stretches([one, other], np.array([10]), n_codes=1)
    >>> stretches.length.tolist(), stretches.members[:, :, 0].astype(int).tolist()
    ([2, 2, 2, 3, 1], [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    """
    joined = [spans.join_texts(lengths) for spans in coders]
    cuts = find_cuts(joined, lengths)
    shape = (len(cuts), len(coders), n_codes)

    def count(column: str) -> Ints:
        """Return how many spans start (or end) at each boundary."""
        place = [np.searchsorted(cuts, getattr(spans, column)) * len(coders) + n for n, spans in enumerate(joined)]
        cells = np.concatenate(place) * n_codes + np.concatenate([spans.code for spans in joined])
        return np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)

    text = np.searchsorted(np.cumsum(lengths), cuts[:-1], side="right")
    return Stretches(text, np.diff(cuts), np.cumsum(count("start") - count("end"), axis=0)[:-1] > 0)


def find_cuts(joined: Sequence[Spans], lengths: Ints) -> Ints:
    """Return all boundaries of spans and texts, ascending, for spans in one text (`Spans.join_texts`)."""
    boundaries = [part for spans in joined for part in (spans.start, spans.end)]
    return np.unique(np.concatenate([[0], np.cumsum(lengths), *boundaries]).astype(np.int64))
