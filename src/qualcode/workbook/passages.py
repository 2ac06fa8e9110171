"""The sheets that look at passages: Co-occurrence and Quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from typing import Any

from openpyxl import Workbook

from qualcode.model import Codebook
from qualcode.workbook.cleaning import Cleaner
from qualcode.workbook.content import Content, nested
from qualcode.workbook.counting import coders_of
from qualcode.workbook.sheet import Column, Sheet, Value, area, runs
from qualcode.workbook.styles import (
    BESIDE,
    BOLD,
    CAPTION,
    COUNT,
    GREY,
    HEAD,
    HEAD_BESIDE,
    HEAD_RIGHT,
    PLAIN,
    TEXT,
    TITLE,
    Style,
    on,
    shades,
)

MOST_ROWS = 1_048_576
"""Rows that a sheet of Excel has."""

_PAIR = Style(wrap=False, across="center", down="center", number='#,##0;-#,##0;"·"')
_NO_PAIR = on(_PAIR, fill=GREY)
_UPRIGHT = on(HEAD, rotation=90, across="center", down="bottom")
_HEAD_AT = 4
_LABELS = 2


def write_matrix(book: Workbook, content: Content, cleaner: Cleaner) -> None:
    """Write how many units have both of two codes; the diagonal stands outside the colour scale."""
    codes = [str(code) for code in content.matrix.columns]
    names = [_name(content.codebook, code) for code in codes]
    widths = [28, 36, *[6.5] * len(codes)]
    sheet = Sheet(book, "Co-occurrence", cleaner=cleaner, widths=widths, freeze=f"C{_HEAD_AT + 1}")
    sheet.append(["Codes that occur together"], TITLE, height=24)
    for line in _explained(content):
        sheet.append([line], CAPTION)
    sheet.append(["Code", "Name", *names], [HEAD, HEAD, *[_UPRIGHT] * len(codes)], height=_upright_height(names))
    for code, name, counts in zip(codes, names, content.matrix.to_numpy().tolist(), strict=True):
        looks = [_NO_PAIR if nested(code, other) else _PAIR for other in codes]
        sheet.append([code, name, *counts], [TEXT, BOLD, *looks])
    _finish_matrix(sheet.inner, codes)


def _explained(content: Content) -> list[str]:
    coders = coders_of(content.themes)
    by = f"; coder {coders[0]}" if len(coders) == 1 else ""
    return [
        f"Units of analysis ({content.unit}) in which both codes occur{by}.",
        "Grey, outside the colour scale: units with the code itself, and codes nested in each other (no pair).",
    ]


def _name(book: Codebook, code: str) -> str:
    return book.by_id[code].name if code in book.by_id else code


def _upright_height(names: Iterable[str]) -> float:
    """Return points for turned names, two lines each in a narrow column."""
    longest = max((len(name) for name in names), default=0)
    return float(min(max(30, 6 * min(longest, 27) + 12), 240))


def _finish_matrix(inner: Any, codes: Sequence[str]) -> None:
    inner.print_title_rows = f"{_HEAD_AT}:{_HEAD_AT}"
    ranges = [found for position, code in enumerate(codes) for found in _scaled(position, code, codes)]
    if ranges:
        inner.conditional_formatting.add(" ".join(ranges), shades())


def _scaled(position: int, code: str, codes: Sequence[str]) -> list[str]:
    row = _HEAD_AT + 1 + position
    columns = (_LABELS + 1 + place for place, other in enumerate(codes) if not nested(code, other))
    return [area((row, start), (row, end)) for start, end in runs(columns)]


def write_quotes(book: Workbook, content: Content, cleaner: Cleaner) -> None:
    """Write a row a coded segment, in as many sheets as Excel needs."""
    children = max((code.depth for code in content.codebook.codes), default=0)
    rows = (_quote_row(quote, children) for quote in content.quotes)
    for number in count(1):
        first = next(rows, None)
        if first is None and number > 1:
            return
        some = chain([] if first is None else [first], islice(rows, MOST_ROWS - 2))
        title = "Quotes" if number == 1 else f"Quotes {number}"
        _write_quote_sheet(book, title, some, cleaner=cleaner, children=children)


def _write_quote_sheet(
    book: Workbook, title: str, rows: Iterable[Sequence[Value]], *, cleaner: Cleaner, children: int
) -> None:
    columns = _quote_columns(children)
    sheet = Sheet(book, title, cleaner=cleaner, widths=[column.width for column in columns], freeze="A2")
    sheet.head(columns)
    styles = [column.style for column in columns]
    for row in rows:
        sheet.append(row, styles)
    sheet.inner.auto_filter.ref = area((1, 1), (sheet.rows, len(columns)))
    sheet.inner.print_title_rows = "1:1"


def _quote_columns(children: int) -> list[Column]:
    nested_columns = [Column("Child" if depth == 1 else f"Child {depth}", 16) for depth in range(1, children + 1)]
    return [
        Column("Case", 9),
        Column("Transcript", 12),
        Column("Turn", 6, COUNT, HEAD_RIGHT),
        Column("Speaker", 14, BESIDE, HEAD_BESIDE),
        Column("Quote", 70),
        Column("Family", 14),
        Column("Code", 18),
        *nested_columns,
        Column("Code name", 26),
        Column("Coder", 14),
        Column("Memo", 30),
        Column("Status", 10, PLAIN),
        Column("Start", 9, COUNT, HEAD_RIGHT),
        Column("End", 9, COUNT, HEAD_RIGHT),
        Column("Id", 30, BESIDE, HEAD_BESIDE),
    ]


def _quote_row(quote: Mapping[str, Any], children: int) -> list[Value]:
    return [
        quote["case"],
        quote["transcript"],
        quote["turn"],
        quote["speaker"],
        quote["quote"],
        *_path(quote["code"], children),
        quote["name"],
        quote["coder"],
        quote["memo"],
        quote["status"],
        quote["start"],
        quote["end"],
        quote["id"],
    ]


def _path(code: str, children: int) -> Iterator[Value]:
    """Yield family, code and nested codes, a column each; what is deeper than the codebook stays in the last."""
    parts = code.split("/", 1 + children)
    yield from parts
    yield from [None] * (2 + children - len(parts))
