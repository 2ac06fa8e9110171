"""The first sheet of a workbook to fill in: how to fill it in and send it back."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook

from qualcode.errors import format_count
from qualcode.workbook.review.fill_in_content import FillInContent
from qualcode.workbook.review.fill_in_sheet import FillInSheet
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import Column
from qualcode.workbook.styles import BOLD, HEADING, TEXT, TITLE

_COLUMNS = (Column("", 24), Column("", 104))


def open_instructions(book: Workbook, cleaner: TextCleaner) -> FillInSheet:
    """Create the first sheet; it is filled last, because it lists the changes made to texts of the other sheets."""
    return FillInSheet(book, "Instructions", _COLUMNS, cleaner=cleaner, freeze="A2")


def write_instructions(sheet: FillInSheet, content: FillInContent, cleaner: TextCleaner) -> None:
    """Write title and instructions, then what was changed in texts for Excel."""
    sheet.append([content.title], TITLE, height=28)
    sheet.append_blank()
    for label, text in [*content.instructions, *_cleaning_lines(cleaner)]:
        if text:
            sheet.append([label, text], [BOLD, TEXT])
        else:
            sheet.append([label] if label else [], HEADING, height=20 if label else None)


def _cleaning_lines(cleaner: TextCleaner) -> Iterator[tuple[str, str]]:
    counts = cleaner.counts
    if counts.control_characters:
        yield (
            "Control characters",
            f"{format_count(counts.control_characters, 'character')} that Excel cannot store: removed",
        )
    if counts.truncated:
        yield (
            "Long texts",
            f"{format_count(counts.truncated, 'cell')} over Excel's limit of 32,767 characters: cut and marked",
        )
