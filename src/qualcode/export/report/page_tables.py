"""DataFrames and rows as tables of a page: headings, texts of cells, and the values behind them for CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from qualcode.export.findings.number_text import format_small

_SHARES = frozenset("share_of_cases share_low share_high share_a share_b percent".split())
_P_VALUES = frozenset("p q rate_p rate_q q_permutation q_hypergeometric".split())
_HEADINGS = {
    "share_of_cases": "share of cases",
    "codings_per_1000_words": "codings per 1,000 words",
    "words": "words coded",
    "universe_cases": "cases counted",
    "krippendorff_alpha": "alpha",
    "cohen_kappa": "kappa",
    "gwet_ac1": "AC1",
    "sha256": "SHA-256 of the text",
    "cramers_v": "Cram\u00e9r's V",
    "cohens_h": "Cohen's h",
    "universe_cases_a": "of cases a",
    "universe_cases_b": "of cases b",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and the value that CSV has if it is another one."""

    text: str
    value: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table with a caption; ``file`` is the name of its CSV without suffix."""

    file: str
    caption: str
    columns: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: Sequence[bool]
    """Which columns have numbers, which are aligned at the right."""


def make_page_table(
    records: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    file: str,
    caption: str,
    headings: Mapping[str, str] | None = None,
) -> PageTable:
    """Return those of the columns that the rows have as a table."""
    rows = list(records)
    names = [name for name in columns if not rows or name in rows[0]]
    cells = [[_make_cell(name, row[name]) for name in names] for row in rows]
    numeric = [any(row[position].is_number for row in cells) for position in range(len(names))]
    labels = _HEADINGS | dict(headings or {})
    return PageTable(file, caption, names, [labels.get(name, name.replace("_", " ")) for name in names], cells, numeric)


def _make_cell(column: str, value: Any) -> Cell:
    if value is None or (isinstance(value, float) and isnan(value)):
        return Cell("", "", False)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", str(value), False)
    if not isinstance(value, int | float):
        return Cell(str(value), str(value), False)
    return Cell(_format_number(column, value), _format_value(value), True)


def _format_value(value: float) -> str:
    """Return a number for CSV: whole ones without a decimal point."""
    return str(int(value)) if value == int(value) else str(value)


def _format_number(column: str, value: float) -> str:
    if column in _P_VALUES:
        return format_small(value)
    if column in _SHARES:
        return f"{100 * value:.1f}\u202f%"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
