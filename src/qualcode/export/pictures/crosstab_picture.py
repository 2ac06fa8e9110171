"""A crosstab as a picture: a heat map of codes by values; where it has no codes, bars of the cases of each value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualcode.errors import check_choice
from qualcode.export.pictures.picture_text import (
    MISSING,
    Row,
    clean_label,
    family_name,
    format_percent,
    make_caption,
    require_rows,
)
from qualcode.model import Codebook

if TYPE_CHECKING:
    from qualcode.figures import HeatRow

MEASURES = {
    "share_of_cases": "share of cases with the code",
    "codings_per_1000_words": "codings per 1,000 words of participants",
    "codings": "codings",
    "units": "units with the code",
    "cases": "cases with the code",
    "words": "words in passages with the code",
}
_BASE = "base"

Cell = tuple[str, str, str]
"""Attribute, value and coder of a column."""


def draw_crosstab(rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of one measure.

    Raises
    ------
    UsageError
        If there is no such measure.
    OperationError
        If the table is empty.
    """
    check_choice("measure", measure, MEASURES)
    require_rows(rows, "the crosstab")
    counted = [row for row in rows if row["level"] != _BASE]
    if not counted:
        return _draw_base(rows, notes, title=title)
    from qualcode.figures import draw_heat_map

    columns = list(dict.fromkeys(_column_of(row) for row in rows))
    cases = {_column_of(row): row["cases"] for row in rows if row["level"] == _BASE}
    shown = [row for row in counted if row["level"] == "code"] or counted
    caption = make_caption(notes, f"Cells: {MEASURES[measure]}; {MISSING}: undefined. Darker is more.")
    headings = [_name_column(column, columns, cases) for column in columns]
    return draw_heat_map(_heat_rows(shown, columns, measure, book), headings, title=title, caption=caption)


def _column_of(row: Row) -> Cell:
    return row["attribute"], row["value"], row["coder"]


def _name_column(column: Cell, columns: Sequence[Cell], cases: Mapping[Cell, int]) -> str:
    """Return the heading of a column: its value, with attribute and coder where there are several, and its cases."""
    attribute, value, coder = column
    several_attributes, several_coders = (len({one[part] for one in columns}) > 1 for part in (0, 2))
    name = f"{attribute}: {value}" if several_attributes else value
    return clean_label(f"{name}, {coder}" if several_coders else name) + (
        f"\nn = {cases[column]:,}" if column in cases else ""
    )


def _heat_rows(rows: Sequence[Row], columns: Sequence[Cell], measure: str, book: Codebook) -> list[HeatRow]:
    from qualcode.figures import HeatRow

    # Shares are coloured from none to all; other measures by the largest number in the picture.
    highest = 1.0 if measure == "share_of_cases" else max((row[measure] or 0 for row in rows), default=0) or 1.0
    codes: dict[str, dict[Cell, Row]] = {}
    for row in rows:
        codes.setdefault(row["code"], {})[_column_of(row)] = row
    made: list[HeatRow] = []
    family = ""
    for code, cells in codes.items():
        first = next(iter(cells.values()))
        if first["level"] == "code" and (name := family_name(book, code)) != family:
            made.append(HeatRow(clean_label(name), is_heading=True))
            family = name
        values = [cells[column][measure] if column in cells else None for column in columns]
        made.append(
            HeatRow(
                clean_label(first["name"]),
                tuple(None if value is None else value / highest for value in values),
                tuple(_format_number(value, measure) for value in values),
            )
        )
    return made


def _format_number(value: float | None, measure: str) -> str:
    if value is None or measure == "share_of_cases":
        return format_percent(value)
    return f"{value:.2f}" if measure == "codings_per_1000_words" else f"{value:,.0f}"


def _draw_base(rows: Sequence[Row], notes: Iterable[str], *, title: str) -> Any:
    """Return bars with the share of cases of each value, below its attribute."""
    from qualcode.figures import ChartRow, Mark, RowAxis, draw_row_chart

    chart: list[ChartRow] = []
    attribute = ""
    for row in rows:
        if row["attribute"] != attribute:
            attribute = row["attribute"]
            chart.append(ChartRow(clean_label(attribute), is_heading=True))
        mark = Mark(row["share_of_cases"], row["share_low"], row["share_high"], shape="bar")
        text = f"{format_percent(row['share_of_cases'])}  {row['cases']:,}/{row['universe_cases']:,}"
        chart.append(ChartRow(clean_label(row["value"]), (mark,), text=text))
    axis = RowAxis("share of cases", is_share=True, limits=(0.0, 1.01))
    caption = make_caption(notes, "Lines: intervals.", beginnings=("unit ", "intervals"))
    return draw_row_chart(chart, axis, title=title, caption=caption)
