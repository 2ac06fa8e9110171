"""The table of differences between networks as a picture: two dots for each pair of codes, joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qualcode.errors import format_count
from qualcode.export.pictures.picture_text import GROUP_COLOURS, Row, clean_label, make_caption, require_rows
from qualcode.model import Codebook

_MOST_PAIRS = 30
_SIGNIFICANT = 0.05


def draw_differences(rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of the pairs that differ most; ``measure`` is not used.

    Raises
    ------
    OperationError
        If the table is empty.
    """
    from qualcode.figures import ChartRow, Mark, RowAxis, draw_row_chart

    defined = [row for row in rows if row["difference"] is not None]
    require_rows(defined, "differences between networks")
    largest = sorted(defined, key=lambda row: -abs(row["difference"]))[:_MOST_PAIRS]
    groups = list(dict.fromkeys(row[side] for row in largest for side in ("group_1", "group_2")))
    colours = {group: GROUP_COLOURS[number % len(GROUP_COLOURS)] for number, group in enumerate(groups)}
    names = {code.id: code.name for code in book.codes}

    def make_row(row: Row) -> ChartRow:
        q = row["q_permutation"]
        is_filled = q is not None and q <= _SIGNIFICANT
        marks = tuple(
            Mark(row[f"share_{side}"], colour=colours[row[f"group_{side}"]], shape="dot" if is_filled else "open")
            for side in (1, 2)
        )
        pair = " + ".join(clean_label(names.get(row[end], row[end]), limit=40) for end in ("code_a", "code_b"))
        text = f"{100 * row['difference']:+.1f}   q {'–' if q is None else format(q, '.3f')}"
        return ChartRow(pair, marks, text=text)

    axis = RowAxis(
        "share of units with both codes",
        is_share=True,
        legend=tuple((clean_label(group), colour, "dot") for group, colour in colours.items()),
    )
    shown = f"The {format_count(len(largest), 'pair')} that differ most of {len(defined):,}. "
    signs = f"Filled: q up to {_SIGNIFICANT}; open: above. Right: difference in percentage points, and q."
    caption = make_caption(notes, f"{shown if len(largest) < len(defined) else ''}{signs}")
    return draw_row_chart([make_row(row) for row in largest], axis, title=title, caption=caption)
