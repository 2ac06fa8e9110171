"""The sheet "Suggestions": suggestions that are not decided yet, with the reasons for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.sheet_tables import finish_table, table_styles, wrap_notes
from qualcode.workbook.styles import (
    CAPTION,
    COUNT,
    DURATION,
    HEAD_INDENTED,
    HEAD_RIGHT,
    RATE,
    SECONDS_PER_DAY,
    SHARE,
    TEXT_INDENTED,
    TITLE,
    Style,
    build_colour_scale,
)
from qualcode.workbook.workbook_content import WorkbookContent, full_code_name
from qualcode.workbook.workbook_draft import WorkbookDraft

_SCORE_COLUMN = 8
"""Column number of the scores, from 1."""


def write_suggestion_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write one row for each suggestion, in the given order; without suggestions in the content, no sheet."""
    if content.suggestions is None:
        return
    columns = _columns(SHARE if content.suggestions.has_probabilities else RATE, content.name_width)
    notes = wrap_notes(content.suggestions.notes, columns)
    sheet = draft.open_sheet("Suggestions", widths=[column.width for column in columns], freeze=f"A{len(notes) + 3}")
    sheet.append(["Suggestions not decided yet"], TITLE, height=24)
    for note in notes:
        sheet.append([note], CAPTION)
    head = sheet.append_header(columns)
    styles = table_styles(columns)
    for row in content.suggestions.rows:
        sheet.append(_row(row, content), styles)
    _finish(sheet, head)


def _columns(score: Style, name_width: float) -> list[Column]:
    return [
        Column("Transcript", name_width),
        Column("Turn", 6, COUNT, HEAD_RIGHT),
        Column("Speaker", 14, TEXT_INDENTED, HEAD_INDENTED),
        Column("Time", 9, DURATION, HEAD_RIGHT),
        Column("Quote", 62, TEXT_INDENTED, HEAD_INDENTED),
        Column("Code", 25),
        Column("Code name", 26),
        Column("Score", 9, score, HEAD_RIGHT),
        Column("Why", 76, TEXT_INDENTED, HEAD_INDENTED),
        Column("Id", 14, TEXT_INDENTED, HEAD_INDENTED),
    ]


def _row(row: Mapping[str, Any], content: WorkbookContent) -> list[CellValue]:
    return [
        *(row[key] for key in ("transcript", "turn", "speaker")),
        None if row["time"] is None else row["time"] / SECONDS_PER_DAY,
        row["quote"],
        row["code"],
        full_code_name(content.codebook, row["code"]),
        row["score"],
        row["why"],
        row["id"],
    ]


def _finish(sheet: SheetWriter, head: int) -> None:
    """Make the rows a table, and shade the scores."""
    finish_table(sheet, "Suggestions", head, labels=3)
    if sheet.row_count > head:
        sheet.worksheet.conditional_formatting.add(
            cell_range((head + 1, _SCORE_COLUMN), (sheet.row_count, _SCORE_COLUMN)), build_colour_scale()
        )
