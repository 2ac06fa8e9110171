"""The table of themes as a picture: a bar with its interval for each code, or a dot for each group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, check_choice
from qualcode.export.pictures.picture_text import (
    GROUP_COLOURS,
    Row,
    clean_label,
    family_colours,
    family_name,
    format_percent,
    make_caption,
    require_rows,
)
from qualcode.model import Codebook

if TYPE_CHECKING:
    from qualcode.figures import ChartRow, RowAxis

_THEME_COLOUR = "#7A7A7A"


@dataclass(frozen=True, slots=True)
class _Measure:
    """A column to draw: its bounds, the label of the axis, and the columns of count and base for the text."""

    label: str
    low: str = ""
    high: str = ""
    count: str = ""
    base: str = ""
    is_share: bool = False


MEASURES = {
    "share_of_cases": _Measure(
        "share of cases with the code", "share_low", "share_high", "cases", "universe_cases", is_share=True
    ),
    "codings_per_1000_words": _Measure("codings per 1,000 words of participants", "rate_low", "rate_high"),
    "codings": _Measure("codings"),
    "units": _Measure("units with the code", count="units", base="universe_units"),
    "cases": _Measure("cases with the code", count="cases", base="universe_cases"),
    "words": _Measure("words in passages with the code"),
}
DEFAULT_MEASURE = "share_of_cases"


def draw_themes(rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of one measure, codes by family, the largest of each family first.

    Raises
    ------
    UsageError
        If there is no such measure.
    OperationError
        If the table is empty, or has more groups than can be told apart in one row.
    """
    from qualcode.figures import draw_row_chart

    check_choice("measure", measure, MEASURES)
    require_rows(rows, "themes")
    shown = _select_level(rows)
    groups = _list_groups(shown)
    if len(groups) > len(GROUP_COLOURS):
        raise OperationError(
            f"{len(groups)} groups and coders are too many for one picture: draw Project.crosstab() instead, or select "
            "fewer"
        )
    signs = [
        "Lines: intervals." if MEASURES[measure].low else "",
        "A line between dots spans the groups." if len(groups) > 1 else "",
    ]
    caption = make_caption(notes, *signs, beginnings=("unit ", "intervals"))
    chart = [row for family in _by_family(shown, book) for row in _family_rows(family, measure, groups, book)]
    return draw_row_chart(chart, _make_axis(measure, groups), title=title, caption=caption)


def _select_level(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of codes, or where there are none, those of families and themes."""
    return [row for row in rows if row["level"] == "code"] or list(rows)


def _group_of(row: Row) -> str:
    """Return what tells a row from others of the same code: groups, and the coder."""
    columns = list(row)
    return ", ".join(map(str, [row[name] for name in columns[: columns.index("code")]]))


def _list_groups(rows: Sequence[Row]) -> list[str]:
    """Return the groups, and coders where there are several, in the order of the table."""
    coders = dict.fromkeys(row["coder"] for row in rows)
    return list(dict.fromkeys(_name_group(row, several=len(coders) > 1) for row in rows))


def _name_group(row: Row, *, several: bool) -> str:
    return ", ".join(filter(None, [_group_of(row), str(row["coder"]) if several else ""]))


def _by_family(rows: Sequence[Row], book: Codebook) -> list[list[Row]]:
    """Return the rows of each family, in the order of the codebook; families and themes by level."""
    families: dict[str, list[Row]] = {}
    for row in rows:
        key = family_name(book, row["code"]) if row["level"] == "code" else str(row["level"])
        families.setdefault(key, []).append(row)
    return list(families.values())


def _family_rows(rows: Sequence[Row], measure: str, groups: Sequence[str], book: Codebook) -> list[ChartRow]:
    from qualcode.figures import ChartRow

    first = rows[0]
    is_code = first["level"] == "code"
    colours = family_colours(book)
    colour = colours.get(first["code"].partition("/")[0], _THEME_COLOUR) if is_code else _THEME_COLOUR
    name = family_name(book, first["code"]) if is_code else {"family": "Families", "theme": "Themes"}[first["level"]]
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row["code"], []).append(row)
    ordered = sorted(by_code.values(), key=lambda found: -max(row[measure] or 0 for row in found))
    heading = ChartRow(clean_label(name), is_heading=True, colour=colour)
    return [heading, *(_code_row(found, measure, groups, colours.get(found[0]["code"], colour)) for found in ordered)]


def _code_row(rows: Sequence[Row], measure: str, groups: Sequence[str], colour: str) -> ChartRow:
    from qualcode.figures import ChartRow, Mark

    how = MEASURES[measure]
    several = len(groups) > 1
    coders = len({row["coder"] for row in rows}) > 1
    marks = []
    for row in rows:
        number = groups.index(_name_group(row, several=coders)) if several else 0
        bounds = (row.get(how.low), row.get(how.high)) if how.low else (None, None)
        paint = GROUP_COLOURS[number] if several else colour
        marks.append(Mark(row[measure], *bounds, colour=paint, shape="dot" if several else "bar"))
    undefined = "undefined: nobody was asked" if all(mark.value is None for mark in marks) else ""
    text = "   ".join(_describe_value(row, measure) for row in rows)
    return ChartRow(clean_label(rows[0]["name"]), tuple(marks), text=text, remark=undefined)


def _describe_value(row: Row, measure: str) -> str:
    how, value = MEASURES[measure], row[measure]
    if value is None:
        return "–"
    number = format_percent(value) if how.is_share else (f"{value:.2f}" if isinstance(value, float) else f"{value:,}")
    return f"{number}  {row[how.count]:,}/{row[how.base]:,}" if how.count and how.is_share else number


def _make_axis(measure: str, groups: Sequence[str]) -> RowAxis:
    from qualcode.figures import RowAxis

    how = MEASURES[measure]
    legend = tuple((clean_label(name), GROUP_COLOURS[i], "dot") for i, name in enumerate(groups))
    return RowAxis(
        how.label,
        is_share=how.is_share,
        limits=(0.0, 1.01) if how.is_share else None,
        legend=legend if len(groups) > 1 else (),  # type: ignore[arg-type]
    )
