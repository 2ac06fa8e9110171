"""The passages in which the codes of a query hold at once: the overlapped parts of codings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qualcode.listings.quotes.placed_codings import Flags, Ints, PlacedCodings
from qualcode.listings.quotes.query_evaluation import Evaluation, is_finding
from qualcode.model import Coding
from qualcode.queries import And, Node, Or


@dataclass(frozen=True, slots=True)
class QuotedPassage:
    """A span of a transcript with the codings on account of which a query finds it."""

    transcript: str
    start: int
    end: int
    codings: tuple[Coding, ...]


@dataclass(frozen=True, slots=True)
class _Cover:
    """Disjoint spans, ascending, of shape (spans,)."""

    start: Ints
    end: Ints


def list_overlapped_passages(placed: PlacedCodings, evaluation: Evaluation, root: Node) -> list[QuotedPassage]:
    """Return the longest passages in which all codes of a query hold, with the codings that it finds there."""
    spans, found = placed.characters, evaluation.find(root)
    cover = _find_cover(placed, evaluation, root)
    codings: list[list[Coding]] = [[] for _ in cover.start]
    first = np.searchsorted(cover.end, spans.start, "right")
    last = np.searchsorted(cover.start, spans.end, "left")
    for position in np.flatnonzero(found).tolist():
        for number in range(first[position], last[position]):
            codings[number].append(placed.codings[position])
    return [
        _make_passage(placed, int(start), int(end), tuple(group))
        for start, end, group in zip(cover.start, cover.end, codings, strict=True)
        if group
    ]


def _make_passage(placed: PlacedCodings, start: int, end: int, codings: tuple[Coding, ...]) -> QuotedPassage:
    transcript = codings[0].transcript
    offset = placed.text_offset[transcript]
    return QuotedPassage(transcript, start - offset, end - offset, codings)


def _find_cover(placed: PlacedCodings, evaluation: Evaluation, node: Node) -> _Cover:
    """Return the text in which a node holds; that of ``and`` is what the texts of its codes have in common."""
    if isinstance(node, Or):
        return _combine([_find_cover(placed, evaluation, one) for one in node.operands], least=1)
    whole = _cover_codings(placed, evaluation.find(node))
    parts = [one for one in node.operands if is_finding(one)] if isinstance(node, And) else []
    covers = [whole, *(_find_cover(placed, evaluation, one) for one in parts)]
    return _combine(covers, least=len(covers))


def _cover_codings(placed: PlacedCodings, found: Flags) -> _Cover:
    return _combine([_Cover(placed.characters.start[found], placed.characters.end[found])], least=1)


def _combine(covers: Sequence[_Cover], *, least: int) -> _Cover:
    """Return the text that at least this many of some covers have: 1 for their union, all for what they share.

    Texts that follow one another without a gap become one.
    """
    starts, ends = (np.concatenate([getattr(cover, side) for cover in covers]) for side in ("start", "end"))
    places, position = np.unique(np.concatenate([starts, ends]), return_inverse=True)
    change = np.repeat([1, -1], [len(starts), len(ends)])
    depth = np.cumsum(np.bincount(position, weights=change, minlength=len(places)))
    inside = np.concatenate([[False], depth >= least, [False]])
    # The last place ends all spans, so that it is never inside.
    return _Cover(places[np.flatnonzero(~inside[:-1] & inside[1:])], places[np.flatnonzero(inside[:-1] & ~inside[1:])])
