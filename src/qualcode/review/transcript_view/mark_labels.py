"""What is written beside the lines of a transcript: labels of its marks, as far as they find room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from qualcode.review.transcript_view.mark_rows import PlacedMark, rank_mark
from qualcode.review.transcript_view.marks import Mark, format_score
from qualcode.review.transcript_view.text_cells import make_visible_text, shorten_text

LABEL_GAP = "  "


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a mark as it is written; without a mark, how many labels found no room."""

    text: str
    mark: Mark | None = None


def label_width(width: int) -> int:
    """Return how many cells labels have on a screen of this width.

    >>> [label_width(width) for width in (59, 60, 80, 120, 200)]
    [0, 18, 24, 32, 32]
    """
    return min(32, width * 3 // 10) if width >= 60 else 0


def arrange_labels(marks: Sequence[PlacedMark], rows: range, *, width: int, current: str) -> dict[int, list[Label]]:
    """Return the labels of marks by line: on a mark's first line of these, or where that is full on its next ones.

    The current mark is first; marks that are not saved, codings and suggestions follow. What finds no room until a
    mark ends is counted as ``+2``.
    """
    labels: dict[int, list[Label]] = {}
    waiting: list[PlacedMark] = []
    starting = _group_by_first_row(marks, rows)
    for row in rows:
        waiting = sorted(
            [*waiting, *starting.get(row, ())], key=lambda one: (one.mark.id != current, rank_mark(one.mark))
        )
        if waiting:
            labels[row], waiting = _fill_row(waiting, row, rows, width)
    return labels


def _group_by_first_row(marks: Sequence[PlacedMark], rows: range) -> dict[int, list[PlacedMark]]:
    groups: dict[int, list[PlacedMark]] = {}
    for one in marks:
        groups.setdefault(max(one.first_row, rows.start), []).append(one)
    return groups


def _fill_row(waiting: list[PlacedMark], row: int, rows: range, width: int) -> tuple[list[Label], list[PlacedMark]]:
    """Return the labels of one line, and the marks that wait for a later one."""
    # Rows that are left to the mark that ends first decide how many labels have to share this one.
    left = min(min(one.last_row, rows.stop - 1) - row + 1 for one in waiting)
    wanted = -(-len(waiting) // left)
    labels = _fit_labels(waiting[:wanted], rows.start, width)
    rest = waiting[len(labels) :]
    if ended := _count_ended(rest, row, rows):
        room = width - len(LABEL_GAP) - len(f"+{len(waiting)}")
        labels = _fit_labels(waiting[:wanted], rows.start, room)
        rest = waiting[len(labels) :]
        ended = _count_ended(rest, row, rows)
        labels.append(Label(f"+{ended}"))
    return labels, [one for one in rest if min(one.last_row, rows.stop - 1) > row]


def _count_ended(marks: Sequence[PlacedMark], row: int, rows: range) -> int:
    return sum(min(one.last_row, rows.stop - 1) <= row for one in marks)


def _fit_labels(marks: Sequence[PlacedMark], first_row: int, width: int) -> list[Label]:
    """Return the labels that fit beside each other: the first in any case, if need be shortened."""
    labels = [Label(_write_label(marks[0], first_row, width), marks[0].mark)]
    used = cell_len(labels[0].text)
    for one in marks[1:]:
        text = _write_label(one, first_row, width)
        if (used := used + len(LABEL_GAP) + cell_len(text)) > width:
            break
        labels.append(Label(text, one.mark))
    return labels


def _write_label(one: PlacedMark, first_row: int, width: int) -> str:
    """Return the label of a mark, which may begin before these lines; only the name is shortened if it is too wide."""
    mark = one.mark
    parts = ["" if mark.score is None else format_score(mark.score), make_visible_text(mark.note)]
    after = "".join(f" {part}" for part in parts if part)
    before = "… " if one.first_row < first_row else ""
    name = shorten_text(before + make_visible_text(mark.label), max(4, width - cell_len(after)))
    return shorten_text(name + after, width)
