"""The sheet Suggestions: what is suggested and not yet decided, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook

from qualcode.workbook.cleaning import Cleaner
from qualcode.workbook.content import Content, path_name
from qualcode.workbook.sheet import Column, Sheet, Value, area
from qualcode.workbook.styles import (
    BESIDE,
    CAPTION,
    COUNT,
    HEAD_BESIDE,
    HEAD_RIGHT,
    RATE,
    SHARE,
    TITLE,
    Style,
    on,
    shades,
)

_RANK = on(RATE, number="0.00")
_SCORE = 7
"""The column of scores, counted from 1."""


def write_suggested(book: Workbook, content: Content, cleaner: Cleaner) -> None:
    """Write a row a suggestion, the most promising first; no sheet where they are not asked for."""
    if content.suggested is None:
        return
    columns = _columns(SHARE if content.suggested.shares else _RANK)
    said = content.suggested.said
    widths = [column.width for column in columns]
    sheet = Sheet(book, "Suggestions", cleaner=cleaner, widths=widths, freeze=f"A{len(said) + 3}")
    sheet.append(["What is suggested and not decided yet"], TITLE, height=24)
    for line in said:
        sheet.append([line], CAPTION)
    head = sheet.head(columns)
    styles = [column.style for column in columns]
    for row in content.suggested.rows:
        sheet.append(_row(row, content), styles)
    _finish(sheet, head, len(columns))


def _columns(score: Style) -> list[Column]:
    return [
        Column("Transcript", 12),
        Column("Turn", 6, COUNT, HEAD_RIGHT),
        Column("Speaker", 14, BESIDE, HEAD_BESIDE),
        Column("Quote", 62),
        Column("Code", 25),
        Column("Code name", 26),
        Column("Score", 9, score, HEAD_RIGHT),
        Column("Why", 76, BESIDE, HEAD_BESIDE),
        Column("Id", 14, BESIDE, HEAD_BESIDE),
    ]


def _row(row: Mapping[str, Any], content: Content) -> list[Value]:
    code = row["code"]
    keys = ("transcript", "turn", "speaker", "quote")
    return [*(row[key] for key in keys), code, path_name(content.codebook, code), row["score"], row["why"], row["id"]]


def _finish(sheet: Sheet, head: int, columns: int) -> None:
    """Let the table be filtered, print its header on every page, and shade scores."""
    sheet.inner.auto_filter.ref = area((head, 1), (sheet.rows, columns))
    sheet.inner.print_title_rows = f"{head}:{head}"
    if sheet.rows > head:
        sheet.inner.conditional_formatting.add(area((head + 1, _SCORE), (sheet.rows, _SCORE)), shades())
