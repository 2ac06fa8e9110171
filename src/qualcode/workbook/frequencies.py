"""The sheet Themes: frequencies, with charts at their right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import pandas as pd
from openpyxl import Workbook

from qualcode.workbook.charts import COLUMNS_WIDE, Bars, add_charts, bar_rows, bars_of
from qualcode.workbook.cleaning import Cleaner
from qualcode.workbook.content import Content
from qualcode.workbook.counting import captions, value
from qualcode.workbook.sheet import Column, Sheet, Value, area
from qualcode.workbook.styles import (
    BESIDE,
    BLANK,
    CAPTION,
    COUNT,
    HEAD,
    HEAD_BESIDE,
    HEAD_RIGHT,
    PLAIN,
    RATE,
    SHARE,
    TEXT,
    TITLE,
    Style,
    of_level,
)

_TABLE = (
    Column("Level", 8, PLAIN),
    Column("Code", 29, TEXT),
    Column("Name", 38, TEXT),
    Column("Codings", 10, COUNT, HEAD_RIGHT),
    Column("Units", 9, COUNT, HEAD_RIGHT),
    Column("Transcripts", 12, COUNT, HEAD_RIGHT),
    Column("Cases", 9, COUNT, HEAD_RIGHT),
    Column("Share of cases", 11, SHARE, HEAD_RIGHT),
    Column("Words", 10, COUNT, HEAD_RIGHT),
    Column("Per 1,000 words", 12, RATE, HEAD_RIGHT),
    Column("Coder", 18, BESIDE, HEAD_BESIDE),
    Column("Unit", 12, TEXT),
)
_KEYS = "level code name codings units transcripts cases share_of_cases words per_1000_words coder unit".split()

_CHARTS = len(_TABLE) + 2
_LABELS = _CHARTS + COLUMNS_WIDE + 1
_GAP = _LABELS - 1 - len(_TABLE)
_WIDTHS = [*(column.width for column in _TABLE), 3, *[9.0] * (_GAP - 1), 38, 9]


def write_themes(book: Workbook, content: Content, cleaner: Cleaner) -> None:
    """Write the table of frequencies and, at its right, a chart a family with the most frequent code first."""
    said = captions(content.themes)
    sheet = Sheet(book, "Themes", cleaner=cleaner, widths=_WIDTHS, freeze=f"A{len(said) + 3}")
    sheet.append(["How often codes, families and themes occur"], TITLE, height=24)
    for line in said:
        sheet.append([line], CAPTION)
    charts = bars_of(content)
    head = _write_head(sheet, charts)
    for row, bar in zip_longest(_rows(content.themes), bar_rows(charts)):
        sheet.append(*_beside(row, bar))
    places = add_charts(sheet.inner, charts, row=head + 1, column=_CHARTS, values=_LABELS + 1)
    _finish(sheet.inner, head, head + len(content.themes), places)


def _write_head(sheet: Sheet, charts: list[Bars]) -> int:
    beside = ["Charts' numbers, sorted", "Units"] if charts else []
    values = [*(column.title for column in _TABLE), *[None] * _GAP, *beside]
    return sheet.append(values, [*(column.head for column in _TABLE), *[BLANK] * _GAP, HEAD, HEAD_RIGHT][: len(values)])


def _rows(frame: pd.DataFrame) -> Iterator[list[Value]]:
    return ([value(held) for held in row] for row in frame[_KEYS].itertuples(index=False))


def _beside(row: list[Value] | None, bar: tuple[str, int] | None) -> tuple[list[Value], list[Style]]:
    """Return the cells of a line of the table with, far at its right, those of a bar."""
    left: list[Value] = row or [None] * len(_TABLE)
    level = str(left[0]) if row else ""
    styles = [of_level(column.style, level) for column in _TABLE] if row else [BLANK] * len(_TABLE)
    return [*left, *[None] * _GAP, *(bar or [None, None])], [*styles, *[BLANK] * _GAP, PLAIN, COUNT]


def _finish(inner: Any, head: int, last: int, charts: list[str]) -> None:
    """Let the table be filtered, and print it and every chart on pages of their own."""
    inner.auto_filter.ref = area((head, 1), (last, len(_TABLE)))
    inner.print_title_rows = f"{head}:{head}"
    inner.print_area = [area((1, 1), (last, len(_TABLE))), *charts]
