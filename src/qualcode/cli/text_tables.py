"""Tables as text for people. No cell is cut: what is too long for its line is below the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from textwrap import wrap
from typing import Any

from qualcode.cli.terminal.terminal_streams import make_visible, style
from qualcode.model import format_seconds, shorten_id

TableColumns = Mapping[str, Sequence[Any]]

_GAP = 2
"""Blanks between two columns."""
_MIN_COLUMN_WIDTH = 16
"""Width up to which a column stays in the line."""
_MIN_WRAPPED_WIDTH = 36
"""Least width in which the words of the last column are wrapped; where less is left they go below the row."""
_MAX_LINE_WIDTH = 400
"""Width of a line in a file or pipe."""
_LEAST_P_VALUE = 0.001
_QUOTES = ("quote", "text", "Content", "shown")
"""Columns of words of transcripts, which need no name below a row."""


@dataclass(frozen=True)
class TableView:
    """How a table for people shows a frame: which columns, and how some of them are formatted."""

    columns: Sequence[str] = ()
    percent: Sequence[str] = ("share_of_cases",)
    """Columns of shares, shown as percentages."""
    points: Sequence[str] = ()
    """Columns of differences of shares, shown as percentage points."""
    p_values: Sequence[str] = ()
    """Columns of p-values, of which those that would be rounded to 0 are shown as "<0.001"."""
    decimals: Mapping[str, int] = field(default_factory=lambda: {"codings_per_1000_words": 2, "score": 2, "jaccard": 3})
    headings: Mapping[str, str] = field(default_factory=dict)
    """Headings of columns whose name does not say enough."""
    times: Sequence[str] = ("time",)
    """Columns of seconds, shown as h:mm:ss."""
    stretch: Sequence[str] = ()
    """Columns of text that are first to go below the row where a line would be too long."""
    intervals: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Columns that are shown with an interval on a terminal that is wide enough, and the columns of its bounds."""
    right_aligned: Sequence[str] = ()
    """Columns of formatted numbers."""
    raw: Sequence[str] = ()
    """Columns whose blanks are kept."""
    short_ids: Sequence[str] = ()
    """Columns of ids of which the last six characters, which commands take, are shown on a terminal."""


def count_rows(columns: TableColumns) -> int:
    """Return the number of rows of a table."""
    return max(map(len, columns.values()), default=0)


def is_missing(value: Any) -> bool:
    """Return whether a value is None or not a number."""
    return value is None or (isinstance(value, float) and isnan(value))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The cells of a table as text, how they are laid out, and whether intervals are among them."""

    cells: dict[str, list[str]]
    layout: _Layout
    right_aligned: set[str]
    has_intervals: bool


def _prepare(columns: TableColumns, chosen: Sequence[str], view: TableView, width: int | None) -> _Prepared:
    cells = {name: [_format_cell(value, name, view) for value in columns[name]] for name in chosen}
    for name in view.short_ids if width is not None else ():
        cells[name] = [shorten_id(cell) for cell in cells[name]]
    if width is not None:
        cells = {name: list(map(make_visible, values)) for name, values in cells.items()}
    numeric = {name for name in chosen if all(isinstance(value, int | float | None) for value in columns[name])}
    right_aligned = numeric | set(view.right_aligned)
    layout = _lay_out(cells, view, right_aligned, width)
    if view.intervals and width is not None:
        with_intervals = _add_intervals(cells, columns, view)
        wider = _lay_out(with_intervals, view, right_aligned, width)
        # Intervals are shown if no further column goes below the row for them.
        if wider.below == layout.below and _line_width(wider) <= width:
            return _Prepared(with_intervals, wider, right_aligned, has_intervals=True)
    return _Prepared(cells, layout, right_aligned, has_intervals=False)


def hides_intervals(columns: TableColumns, view: TableView, *, width: int | None) -> bool:
    """Return whether a table has intervals that `format_table` does not show, for lack of room or in a pipe."""
    chosen = _choose_columns(columns, view)
    if not count_rows(columns) or not set(view.intervals).intersection(chosen):
        return False
    return not _prepare(columns, chosen, view, width).has_intervals


def _choose_columns(columns: TableColumns, view: TableView) -> list[str]:
    return [name for name in (view.columns or columns) if name in columns and not _is_left_out(name, columns, view)]


def format_table(columns: TableColumns, view: TableView, *, width: int | None, has_colour: bool = False) -> str:
    """Return a table whose lines fit a terminal of a width; None is for files and pipes, where lines may be longer."""
    chosen = _choose_columns(columns, view)
    if not count_rows(columns):
        return "(none)"
    prepared = _prepare(columns, chosen, view, width)
    cells, layout, right_aligned = prepared.cells, prepared.layout, prepared.right_aligned
    headings, widths, below = layout.headings, layout.widths, layout.below
    inline = [name for name in chosen if name not in below]
    lines = [
        style(line, bold=True) if has_colour else line
        for line in _format_headings({name: headings[name] for name in inline}, widths, right_aligned)
    ]
    lines.append("  ".join("-" * widths[name] for name in inline))
    for row in range(count_rows(columns)):
        lines += _format_row({name: cells[name][row] for name in inline}, widths, right_aligned)
        values = _join_short_cells({name: cells[name][row] for name in below}, widths)
        for name, cell in values.items():
            lines += _format_below(name, cell, width=width, has_colour=has_colour)
        lines += [""] if below else []
    return "\n".join(lines).rstrip("\n")


def _format_bounds(low: str, high: str) -> str:
    """Return the bounds of an interval in brackets; a hyphen would be read as a minus where a bound has a sign."""
    if not low or not high:
        return ""
    return f"({low} to {high})" if {low[0], high[0]} & {"-", "+"} else f"({low}-{high})"


@dataclass(frozen=True)
class _Layout:
    """The lines of the headings, the widths of columns, and which of them are below the row."""

    headings: Mapping[str, Sequence[str]]
    widths: Mapping[str, int]
    below: Sequence[str]


def _line_width(layout: _Layout) -> int:
    inline = [width for name, width in layout.widths.items() if name not in layout.below]
    return sum(inline) + _GAP * (len(inline) - 1)


def _lay_out(
    cells: Mapping[str, Sequence[str]], view: TableView, right_aligned: set[str], width: int | None
) -> _Layout:
    """Return the layout with which lines fit a terminal of a width, if there is one."""
    headings = {name: [view.headings.get(name, name)] for name in cells}
    widths = _find_widths(headings, cells)
    limit = width or _MAX_LINE_WIDTH
    if sum(widths.values()) + _GAP * (len(widths) - 1) > limit:
        headings = {name: _halve_heading(heading, cells[name]) for name, (heading,) in headings.items()}
        widths = _find_widths(headings, cells)
    _narrow_last_column(widths, right_aligned, limit)
    below = _find_columns_below(widths, view.stretch, right_aligned, limit)
    if width is not None:
        below = _add_columns_below(widths, below, view.stretch, width)
    return _Layout(headings, widths, below)


def _add_intervals(cells: Mapping[str, list[str]], columns: TableColumns, view: TableView) -> dict[str, list[str]]:
    """Return cells with the intervals of some columns, such as "56.4 % (41.0-70.7)"."""
    bounds = {name: names for name, names in view.intervals.items() if name in cells}
    added = {
        name: _join_intervals(
            cells[name], *([_format_cell(value, name, view) for value in columns[one]] for one in pair)
        )
        for name, pair in bounds.items()
    }
    return {**cells, **added}


def _join_intervals(cells: Sequence[str], lows: Sequence[str], highs: Sequence[str]) -> list[str]:
    """Return cells with their bounds in brackets, if they have any, one below the other."""
    pairs = zip(lows, highs, strict=True)
    brackets = [_format_bounds(low.removesuffix(" %"), high.removesuffix(" %")) for low, high in pairs]
    widths = (max(map(len, texts), default=0) for texts in (cells, brackets))
    value_width, bracket_width = widths
    rows = zip(cells, brackets, strict=True)
    return [f"{cell:>{value_width}} {bracket:<{bracket_width}}" for cell, bracket in rows]


def _find_widths(headings: Mapping[str, Sequence[str]], cells: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {name: max(map(len, [*headings[name], *cells[name]])) for name in headings}


def _halve_heading(heading: str, cells: Sequence[str]) -> list[str]:
    """Return a heading on two lines, divided at the middle one of its underscores, if its cells are narrower."""
    parts = heading.split("_")
    if len(parts) == 1 or max(map(len, cells)) >= len(heading):
        return [heading]
    halves = (("_".join(parts[:at]), "_".join(parts[at:])) for at in range(1, len(parts)))
    first, second = min(halves, key=lambda halves: max(map(len, halves)))
    return [f"{first}_", second]


def _format_headings(
    headings: Mapping[str, Sequence[str]], widths: Mapping[str, int], right_aligned: set[str]
) -> list[str]:
    """Return the lines of the headings, of which those on one line are below."""
    height = max(map(len, headings.values()))
    filled = {name: [""] * (height - len(lines)) + list(lines) for name, lines in headings.items()}
    return [
        _format_line({name: lines[at] for name, lines in filled.items()}, widths, right_aligned) for at in range(height)
    ]


def _is_left_out(name: str, columns: TableColumns, view: TableView) -> bool:
    """Return whether a column would have only the times of sources without times, or the memos of none."""
    return name in (*view.times, "memo") and not any(value for value in columns[name] if not is_missing(value))


def _format_cell(value: Any, name: str, view: TableView) -> str:
    if is_missing(value):
        return ""
    if name in view.raw:
        return str(value)
    if name in view.times:
        return format_seconds(value)
    if name in view.percent:
        return f"{100 * value:.1f} %"
    if name in view.p_values:
        return f"{value:.3f}" if value >= _LEAST_P_VALUE else f"<{_LEAST_P_VALUE}"
    if name in view.points:
        return f"{100 * value:+.1f}"
    if name in view.decimals:
        return f"{value:.{view.decimals[name]}f}"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(str(value).split())


def _narrow_last_column(widths: dict[str, int], right_aligned: set[str], limit: int) -> None:
    """Make the last column as wide as the line leaves it, if that is enough to read its words, which are wrapped."""
    *others, last = widths
    left = limit - sum(widths[name] + _GAP for name in others)
    if last not in right_aligned and _MIN_WRAPPED_WIDTH <= left < widths[last]:
        widths[last] = left


def _find_columns_below(
    widths: Mapping[str, int], stretch: Sequence[str], right_aligned: set[str], limit: int
) -> list[str]:
    """Return the columns that go below the row: those to stretch, then other texts, the widest first, until it fits."""
    left = list(widths)
    texts = [name for name in left[1:] if name not in right_aligned and widths[name] > _MIN_COLUMN_WIDTH]
    for name in sorted(texts, key=lambda name: (name not in stretch, -widths[name])):
        if sum(widths[one] + _GAP for one in left) - _GAP <= limit:
            break
        left.remove(name)
    return [name for name in widths if name not in left]


def _add_columns_below(
    widths: Mapping[str, int], below: Sequence[str], stretch: Sequence[str], limit: int
) -> list[str]:
    """Return the columns below the row with further ones, those to stretch and then the last first, until it fits.

    The first column, which names the row, stays.
    """
    left = [name for name in widths if name not in below]
    for name in sorted(left[:0:-1], key=lambda name: name not in stretch):
        if sum(widths[one] + _GAP for one in left) - _GAP <= limit:
            break
        left.remove(name)
    return [name for name in widths if name not in left]


def _join_short_cells(cells: Mapping[str, str], widths: Mapping[str, int]) -> dict[str, str]:
    """Return cells with those of narrow columns joined: "turns: 3; words: 120" under the name of the first of them."""
    short = [name for name, cell in cells.items() if cell and widths[name] <= _MIN_COLUMN_WIDTH and name not in _QUOTES]
    first, *others = short or [""]
    joined = "; ".join([cells.get(first, ""), *(f"{name}: {cells[name]}" for name in others)])
    return {name: joined if name == first else cell for name, cell in cells.items() if name not in others}


def _format_line(cells: Mapping[str, str], widths: Mapping[str, int], right_aligned: set[str]) -> str:
    parts = [
        cell.rjust(widths[name]) if name in right_aligned else cell.ljust(widths[name]) for name, cell in cells.items()
    ]
    return "  ".join(parts).rstrip()


def _format_row(cells: Mapping[str, str], widths: Mapping[str, int], right_aligned: set[str]) -> list[str]:
    """Return the lines of a row: more than one where the words of the last cell are wrapped."""
    *_, last = cells
    if len(cells[last]) <= widths[last]:
        return [_format_line(cells, widths, right_aligned)]
    first, *more = wrap(cells[last], widths[last], break_on_hyphens=False)
    indent = " " * sum(widths[name] + _GAP for name in cells if name != last)
    return [_format_line({**cells, last: first}, widths, right_aligned), *(f"{indent}{part}" for part in more)]


def _format_below(name: str, cell: str, *, width: int | None, has_colour: bool) -> list[str]:
    if not cell:
        return []
    text = cell if name in _QUOTES else f"{name}: {cell}"
    lines = [text] if width is None else wrap(text, max(width - 4, 20), break_on_hyphens=False)
    is_dim = has_colour and name not in _QUOTES
    return [f"    {style(line, dim=True) if is_dim else line}" for line in lines]
