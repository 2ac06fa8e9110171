"""The table of a comparison as a picture: two dots for each code, joined, with the difference in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from qualcode.errors import check_choice
from qualcode.export.pictures.picture_text import GROUP_COLOURS, Row, clean_label, make_caption, require_rows
from qualcode.model import Codebook

if TYPE_CHECKING:
    from qualcode.figures import ChartRow

MEASURES = ("difference", "rate_ratio")
"""Shares of cases with their difference, or rates per 1,000 words with their ratio."""
_SIGNIFICANT = 0.05


def draw_comparison(rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of the codes of each pair of groups, in the order of the table.

    Raises
    ------
    UsageError
        If there is no such measure.
    OperationError
        If the table is empty.
    """
    from qualcode.figures import RowAxis, draw_row_chart

    check_choice("measure", measure, MEASURES)
    # Rows over three or more groups have no pair to draw.
    pairs = [row for row in rows if row["group_b"] and row["share_a"] is not None and row["share_b"] is not None]
    pairs = [row for row in pairs if row["level"] == "code"] or pairs
    require_rows(pairs, "pairs of groups")
    is_share = measure == "difference"
    if not is_share:
        # The table begins with the largest differences of shares.
        pairs.sort(key=_rate_effect, reverse=True)
    groups = list(dict.fromkeys(group for row in pairs for group in (row["group_a"], row["group_b"])))
    colours = {group: GROUP_COLOURS[number % len(GROUP_COLOURS)] for number, group in enumerate(groups)}
    axis = RowAxis(
        "share of cases with the code" if is_share else "codings per 1,000 words of participants",
        is_share=is_share,
        limits=(0.0, 1.01) if is_share else None,
        legend=tuple((clean_label(group), colour, "dot") for group, colour in colours.items()),
    )
    caption = make_caption(
        notes,
        f"Filled: q up to {_SIGNIFICANT}; open: q above it, or not tested. Right: {_describe_columns(is_share)}.",
    )
    return draw_row_chart(list(_chart_rows(pairs, colours, is_share)), axis, title=title, caption=caption)


def _rate_effect(row: Row) -> float:
    """Return how far the ratio of two rates is from 1, in either direction."""
    return abs(math.log(row["rate_ratio"])) if row["rate_ratio"] else 0.0


def _describe_columns(is_share: bool) -> str:
    return "difference in percentage points with its interval, and q" if is_share else "ratio with its interval, and q"


def _chart_rows(rows: Sequence[Row], colours: dict[str, str], is_share: bool) -> Iterable[ChartRow]:
    """Yield a heading for each pair of groups where there are several, and a row for each code."""
    from qualcode.figures import ChartRow

    pairs = dict.fromkeys((row["attribute"], row["group_a"], row["group_b"], row["coder"]) for row in rows)
    for pair in pairs:
        if len(pairs) > 1:
            attribute, first, second, coder = pair
            coders = f" ({coder})" if len({row["coder"] for row in rows}) > 1 else ""
            yield ChartRow(clean_label(f"{attribute}: {first} – {second}{coders}"), is_heading=True)
        for row in rows:
            if (row["attribute"], row["group_a"], row["group_b"], row["coder"]) == pair:
                yield _make_row(row, colours, is_share)


def _make_row(row: Row, colours: dict[str, str], is_share: bool) -> ChartRow:
    from qualcode.figures import ChartRow, Mark

    value, q = ("share", row["q"]) if is_share else ("rate", row["rate_q"])
    is_filled = q is not None and q <= _SIGNIFICANT
    marks = tuple(
        Mark(row[f"{value}_{side}"], colour=colours[row[f"group_{side}"]], shape="dot" if is_filled else "open")
        for side in ("a", "b")
    )
    return ChartRow(clean_label(row["name"]), marks, text=f"{_describe(row, is_share)}   {_describe_q(q)}")


def _describe(row: Row, is_share: bool) -> str:
    name = "difference" if is_share else "rate_ratio"
    value, low, high = (row[column] for column in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return "–"
    scale, digits, sign = (100, 0, "+") if is_share else (1, 2, "")
    shown = f"{scale * value:{sign}.{digits}f}"
    return shown if low is None else f"{shown} ({scale * low:{sign}.{digits}f} to {scale * high:{sign}.{digits}f})"


def _describe_q(q: float | None) -> str:
    if q is None:
        return "q –"
    return "q < .001" if q < 0.001 else f"q {q:.3f}".replace("0.", ".")
