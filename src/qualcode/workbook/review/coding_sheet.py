"""The sheet "Coding": one row for each segment, with cells for codes."""

from __future__ import annotations

from openpyxl import Workbook

from qualcode.workbook.review.code_list_sheet import list_formula
from qualcode.workbook.review.fill_in_content import CodingContent
from qualcode.workbook.review.fill_in_sheet import (
    TECHNICAL,
    TECHNICAL_HEAD,
    FillInSheet,
    as_cell,
)
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import Column
from qualcode.workbook.styles import (
    COUNT,
    DURATION,
    FILL_IN,
    FILL_IN_HEAD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PALE,
    SOFT,
    TEXT_INDENTED,
    derive_style,
)

_COLUMNS = {
    "Transcript": Column("Transcript", 10),
    "Turn": Column("Turn", 6, COUNT, HEAD_RIGHT),
    "Speaker": Column("Speaker", 13, TEXT_INDENTED, HEAD_INDENTED),
    "Time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "Text": Column("Text", 70, TEXT_INDENTED, HEAD_INDENTED),
    "Code 1": Column("Code 1", 26, FILL_IN, FILL_IN_HEAD),
    "Code 2": Column("Code 2", 26, FILL_IN, FILL_IN_HEAD),
    "Code 3": Column("Code 3", 26, FILL_IN, FILL_IN_HEAD),
    "Memo": Column("Memo", 30, FILL_IN, FILL_IN_HEAD),
    "Done": Column("Done", 7, FILL_IN, FILL_IN_HEAD),
    "Had": Column("Had", 8, TECHNICAL, TECHNICAL_HEAD),
    "Start": Column("Start", 7, TECHNICAL, TECHNICAL_HEAD),
    "End": Column("End", 7, TECHNICAL, TECHNICAL_HEAD),
    "Version": Column("Version", 8, TECHNICAL, TECHNICAL_HEAD),
    "Coder": Column("Coder", 8, TECHNICAL, TECHNICAL_HEAD),
}
DONE = "yes"


def write_coding_sheet(book: Workbook, content: CodingContent, cleaner: TextCleaner) -> None:
    """Write one row for each segment, and grey ones for the turns of interviewers."""
    columns = [_COLUMNS[title] for title in content.titles]
    sheet = FillInSheet(book, "Coding", columns, cleaner=cleaner, freeze="F2", hidden=content.hidden)
    sheet.append_titles()
    styles = [column.style for column in sheet.columns]
    others = [derive_style(style, fill=SOFT, colour=PALE, is_locked=True) for style in styles]
    for row in content.rows:
        values = [as_cell(title, row[title]) for title in content.titles]
        sheet.append(values, styles if row["Version"] else others)
    sheet.finish_table()
    sheet.worksheet.print_area = f"A1:{sheet.letter('Done')}{sheet.row_count}"
    if sheet.row_count > 1:
        _add_lists(sheet, list_formula(content.choices))


def _add_lists(sheet: FillInSheet, codes: str) -> None:
    if codes:
        message = "Choose a code from the list (its sheet is 'Codes'), or leave the cell empty."
        sheet.offer_list("Code 1", codes, last="Code 3", name="Not a code", message=message)
    message = f"Write {DONE} when you have coded the row, or leave the cell empty."
    sheet.offer_list("Done", f'"{DONE}"', name="Not understood", message=message)
    done = f"${sheet.letter('Done')}2"
    sheet.mark_cells(sheet.body("Transcript", "Text"), f'TRIM({done})="{DONE}"', fill="DDEFE0")
