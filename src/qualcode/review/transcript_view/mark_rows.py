"""On which lines marks are, and in which lane of the margin each has its bar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from qualcode.review.transcript_view.marks import Mark, MarkKind
from qualcode.review.transcript_view.text_layout import TextLayout

LANES = 3
NO_LANE = -1
_KINDS: tuple[MarkKind, ...] = ("unsaved", "coding", "suggestion")
"""In the order in which marks get lanes and room for their labels."""
_BLOCK = 32
"""Lines are looked up in blocks of this size, since one mark may be on thousands of lines."""


class PlacedMark(NamedTuple):
    """A mark with its first and last line, and its lane; ``NO_LANE`` where other marks take all lanes."""

    mark: Mark
    first_row: int
    last_row: int
    lane: int
    is_below_other: bool = False
    """Whether another mark ends in the same lane on the line above."""


@dataclass(frozen=True, slots=True)
class MarkRows:
    """The marks of a transcript by line."""

    placed: dict[str, PlacedMark] = field(default_factory=dict)
    blocks: dict[int, list[PlacedMark]] = field(default_factory=dict)

    def find_marks(self, first_row: int, last_row: int) -> list[PlacedMark]:
        """Return the marks on any of these lines, codings before suggestions."""
        blocks = range(first_row // _BLOCK, last_row // _BLOCK + 1)
        found = {
            one.mark.id: one
            for block in blocks
            for one in self.blocks.get(block, ())
            if one.first_row <= last_row and one.last_row >= first_row
        }
        return sorted(found.values(), key=lambda one: rank_mark(one.mark)) if len(blocks) > 1 else list(found.values())


def rank_mark(mark: Mark) -> tuple[int, int, int]:
    """Return what marks are sorted by: their kind, then their place, longer ones first."""
    return _KINDS.index(mark.kind), mark.start, -mark.end


def place_marks(marks: Iterable[Mark], layout: TextLayout) -> MarkRows:
    """Return the marks with their lines and lanes; marks that share a line are in different lanes."""
    if not layout.rows:
        return MarkRows()
    taken = [bytearray(len(layout.lines) + 2) for _ in range(LANES)]
    rows: list[tuple[Mark, int, int, int]] = []
    for mark in sorted(marks, key=rank_mark):
        first = layout.find_row(mark.start)
        last = max(first, layout.find_row(mark.end - 1))
        rows.append((mark, first, last, _take_lane(taken, first, last)))
    ends = {(lane, last) for _, _, last, lane in rows}
    return _index_marks(
        PlacedMark(mark, first, last, lane, (lane, first - 1) in ends) for mark, first, last, lane in rows
    )


def _index_marks(marks: Iterable[PlacedMark]) -> MarkRows:
    placed: dict[str, PlacedMark] = {}
    blocks: dict[int, list[PlacedMark]] = defaultdict(list)
    for one in marks:
        placed[one.mark.id] = one
        for block in range(one.first_row // _BLOCK, one.last_row // _BLOCK + 1):
            blocks[block].append(one)
    return MarkRows(placed, dict(blocks))


def _take_lane(taken: Sequence[bytearray], first: int, last: int) -> int:
    """Return a lane that is free on these lines, best also before and after them, so that bars do not touch."""
    # Item 0 stands for the line before the first.
    free = [lane for lane, rows in enumerate(taken) if rows.find(1, first + 1, last + 2) < 0]
    if not free:
        return NO_LANE
    chosen = next((lane for lane in free if not (taken[lane][first] or taken[lane][last + 2])), free[0])
    taken[chosen][first + 1 : last + 2] = b"\x01" * (last - first + 1)
    return chosen
