"""Pictures as rows of values: bars with intervals by family, and dots of groups on one line.

A row has a label and numbers as text, and a small drawing in which places are percentages, so that text keeps its size
on screens of all widths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Any

from qualcode.errors import format_count
from qualcode.export.findings.number_text import LEVEL, defined, format_interval, format_percent, format_small

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from 0 to ``top``, with the values that are labelled."""

    top: float
    ticks: tuple[float, ...]
    is_share: bool = False

    @property
    def labelled(self) -> tuple[float, ...]:
        """The ticks with labels: of the five of shares every other one, as their labels are long."""
        return self.ticks[::2] if self.is_share else self.ticks

    def place(self, value: float) -> float:
        """Return where a value is, in per cent of the width."""
        return round(100 * min(max(value / self.top, 0.0), 1.0), 2)

    def label(self, value: float) -> str:
        """Return a value as the axis shows it."""
        return f"{100 * value:.0f}\u202f%" if self.is_share else f"{value:g}"


_DOT_WIDTH = 2.0
"""In per cent of the width: nearer dots cover one another."""
SHARES = Axis(1.0, (0.0, 0.25, 0.5, 0.75, 1.0), is_share=True)


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its interval, as places and as text; None where it is undefined."""

    text: str
    detail: str
    """Numerator and denominator, or the interval in words."""
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class BarRow:
    """A code with its share of cases and its rate."""

    code: str
    name: str
    share: Bar
    rate: Bar


@dataclass(frozen=True, slots=True)
class BarBlock:
    """The codes of one family, or the themes."""

    name: str
    colour: int
    """Number of its class of colour."""
    summary: str
    rows: Sequence[BarRow]
    rates: Axis


@dataclass(frozen=True, slots=True)
class Dot:
    """One group's value on the line of a code."""

    group: int
    place: float
    low: float | None
    high: float | None
    label: str
    level: int = 0
    """Number of dots to the left that it would cover; it is drawn below or above them."""


@dataclass(frozen=True, slots=True)
class DotRow:
    """A code with the values of all groups."""

    code: str
    name: str
    dots: Sequence[Dot]
    span: str
    """The lowest and the highest value."""
    missing: str
    """The groups without a value."""
    q: float | None = None
    """The adjusted p-value of the difference between the groups, if there is one."""

    @property
    def test(self) -> str:
        """The adjusted p-value as text."""
        return "" if self.q is None else f"q {format_small(self.q)}"

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the groups differ more than by chance."""
        return self.q is not None and self.q <= LEVEL


@dataclass(frozen=True, slots=True)
class GroupChart:
    """The groups of one attribute compared."""

    attribute: str
    groups: Sequence[str]
    sizes: Sequence[int]
    """Number of cases of each group."""
    blocks: Sequence[tuple[str, int, Sequence[DotRow]]]
    """Name, colour and rows of each family."""


def make_axis(highest: float) -> Axis:
    """Return a scale from 0 with about four round steps.

    >>> make_axis(3.1).ticks, make_axis(0).top
    ((0, 1, 2, 3, 4), 1)
    """
    if highest <= 0:
        return Axis(1, (0, 1))
    rough = highest / 4
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    steps = ceil(highest / step - 1e-9)
    values = (round(number * step, 10) for number in range(steps + 1))
    ticks = tuple(int(value) if value == int(value) else value for value in values)
    return Axis(ticks[-1], ticks)


def make_bar_blocks(rows: Sequence[Record], families: Sequence[tuple[str, str, int]]) -> Iterator[BarBlock]:
    """Yield the codes by family, and the themes, from rows of a table of themes.

    Parameters
    ----------
    rows
        Rows with the columns of the table of themes, and intervals where it has them.
    families
        Id, name and number of the colour of each family.
    """
    codes = [row for row in rows if row["level"] == "code"]
    rates = _rate_axis(codes)
    totals = {row["code"]: row for row in rows if row["level"] == "family"}
    for family, name, colour in families:
        own = [row for row in codes if row["code"].partition("/")[0] == family]
        if own:
            yield BarBlock(name, colour, _summarise(totals.get(family)), _sorted_bars(own, rates), rates)
    if themes := [row for row in rows if row["level"] == "theme"]:
        axis = _rate_axis(themes)
        summary = "sets of codes from one or several families: counted wherever any member is"
        yield BarBlock("Themes", len(families), summary, _sorted_bars(themes, axis), axis)


def _rate_axis(rows: Sequence[Record]) -> Axis:
    values = [defined(row.get(name)) or 0.0 for row in rows for name in ("codings_per_1000_words", "rate_high")]
    return make_axis(max(values, default=0.0))


def _summarise(total: Record | None) -> str:
    if total is None:
        return ""
    base = format_count(total["universe_cases"], "case")
    return f"{format_count(total['codings'], 'coding')} in {total['cases']:,} of {base}"


def _sorted_bars(rows: Sequence[Record], rates: Axis) -> list[BarRow]:
    ordered = sorted(rows, key=lambda row: (-row["cases"], -row["codings"]))
    return [BarRow(row["code"], row["name"], _share_bar(row), _rate_bar(row, rates)) for row in ordered]


def _share_bar(row: Record) -> Bar:
    value, low, high = (defined(row.get(name)) for name in ("share_of_cases", "share_low", "share_high"))
    interval = format_interval(low, high, percent=True)
    detail = " ".join(filter(None, [f"{row['cases']:,} of {row['universe_cases']:,}", interval and f"({interval})"]))
    return Bar(format_percent(value), detail, *_places(SHARES, value, low, high))


def _rate_bar(row: Record, rates: Axis) -> Bar:
    value, low, high = (defined(row.get(name)) for name in ("codings_per_1000_words", "rate_low", "rate_high"))
    interval = format_interval(low, high, percent=False)
    text = "undefined" if value is None else f"{value:.2f}"
    return Bar(text, interval and f"({interval})", *_places(rates, value, low, high))


def _places(
    axis: Axis, value: float | None, low: float | None, high: float | None
) -> tuple[float | None, float | None, float | None]:
    return _place(axis, value), _place(axis, low), _place(axis, high)


def _place(axis: Axis, value: float | None) -> float | None:
    return None if value is None else axis.place(value)


def make_group_chart(
    attribute: str, table: Sequence[Record], families: Sequence[tuple[str, str, int]], comparison: Sequence[Record] = ()
) -> GroupChart:
    """Return the shares of cases of the groups of an attribute, from rows of a table of themes by group.

    ``comparison`` has the rows of the table of differences between these groups.
    """
    tests = _list_tests(comparison)
    column = next(iter(table[0]))
    groups = list(dict.fromkeys(str(row[column]) for row in table))
    by_code: dict[str, list[Record]] = {}
    for row in table:
        if row["level"] == "code":
            by_code.setdefault(row["code"], []).append(row)
    blocks = []
    for family, name, colour in families:
        rows = [
            replace(_dot_row(own, column, groups), q=tests.get(code))
            for code, own in by_code.items()
            if code.partition("/")[0] == family
        ]
        if rows:
            blocks.append((name, colour, rows))
    sizes = dict.fromkeys(groups, 0)
    for row in table:
        sizes[str(row[column])] = max(sizes[str(row[column])], row["universe_cases"])
    return GroupChart(attribute, groups, [sizes[group] for group in groups], blocks)


def _list_tests(comparison: Sequence[Record]) -> dict[str, float]:
    """Return the adjusted p-value of each code: of the test of all groups, or of the only pair there is."""
    pairs = {(row["group_a"], row["group_b"]) for row in comparison}
    tested = [row for row in comparison if not row["group_b"] or len(pairs) == 1]
    values = {row["code"]: defined(row["q"]) for row in tested if row["level"] == "code"}
    return {code: q for code, q in values.items() if q is not None}


def _dot_row(rows: Sequence[Record], column: str, groups: Sequence[str]) -> DotRow:
    dots: list[Dot] = []
    missing = []
    for row in rows:
        value, low, high = (defined(row.get(name)) for name in ("share_of_cases", "share_low", "share_high"))
        group = str(row[column])
        if value is None:
            missing.append(group)
            continue
        label = f"{group}: {row['cases']:,} of {row['universe_cases']:,} cases, {format_percent(value)}"
        ends = _place(SHARES, low), _place(SHARES, high)
        dots.append(Dot(groups.index(group), SHARES.place(value), *ends, label))
    return DotRow(rows[0]["code"], rows[0]["name"], _spread_dots(dots), _describe_span(dots), ", ".join(missing))


def _describe_span(dots: Sequence[Dot]) -> str:
    ends = sorted({f"{dot.place:.0f}" for dot in dots}, key=float)
    return "\u2013".join(dict.fromkeys([ends[0], ends[-1]])) + "\u202f%" if ends else "undefined"


def _spread_dots(dots: Sequence[Dot]) -> list[Dot]:
    """Return dots from left to right, with levels for those that are too near to others to be seen."""
    spread: list[Dot] = []
    for dot in sorted(dots, key=lambda one: one.place):
        taken = {other.level for other in spread if dot.place - other.place < _DOT_WIDTH}
        spread.append(replace(dot, level=next(level for level in range(len(dots)) if level not in taken)))
    return spread
