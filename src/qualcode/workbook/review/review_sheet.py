"""The sheets "Review" and "New codings": decisions on codings and suggestions, and passages that lack a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from openpyxl import Workbook

from qualcode.workbook.review.code_list_sheet import list_formula
from qualcode.workbook.review.fill_in_content import ReviewContent
from qualcode.workbook.review.fill_in_sheet import (
    TECHNICAL,
    TECHNICAL_HEAD,
    FillInSheet,
    as_cell,
    tint,
)
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import Column
from qualcode.workbook.styles import (
    BOLD,
    COUNT,
    DURATION,
    FILL_IN,
    FILL_IN_HEAD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    RATE,
    SHARE,
    TEXT_INDENTED,
    Style,
)

_COLUMNS = {
    "Case": Column("Case", 8),
    "Transcript": Column("Transcript", 10),
    "Turn": Column("Turn", 6, COUNT, HEAD_RIGHT),
    "Speaker": Column("Speaker", 13, TEXT_INDENTED, HEAD_INDENTED),
    "Time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "Quote": Column("Quote", 52, TEXT_INDENTED, HEAD_INDENTED),
    "Code": Column("Code", 19),
    "Code name": Column("Code name", 20, BOLD),
    "Decision": Column("Decision", 11, FILL_IN, FILL_IN_HEAD),
    "New code": Column("New code", 26, FILL_IN, FILL_IN_HEAD),
    "Comment": Column("Comment", 34, FILL_IN, FILL_IN_HEAD),
    "Coder": Column("Coder", 12),
    "Memo": Column("Memo", 30),
    "Kind": Column("Kind", 11, PLAIN),
    "Score": Column("Score", 8, SHARE, HEAD_RIGHT),
    "Why": Column("Why", 70, TEXT_INDENTED, HEAD_INDENTED),
    "Maker": Column("Maker", 10),
    "Decided before": Column("Decided before", 18),
    "Status": Column("Status", 10, PLAIN),
    "Id": Column("Id", 8, TECHNICAL, TECHNICAL_HEAD),
    "Check": Column("Check", 8, TECHNICAL, TECHNICAL_HEAD),
}
_NEW_CODING_COLUMNS = (
    Column("Transcript (or case)", 20, FILL_IN, FILL_IN_HEAD),
    Column("Turn", 7, FILL_IN, FILL_IN_HEAD),
    Column("Quote", 80, FILL_IN, FILL_IN_HEAD),
    Column("Code", 38, FILL_IN, FILL_IN_HEAD),
    Column("Comment", 40, FILL_IN, FILL_IN_HEAD),
)
_NEW_CODING_ROWS = 200
_WRONG: dict[str, Any] = {"fill": "FFC7CE", "colour": "9C0006", "bold": True}
_NO_CODE = "Choose a code from the list (its sheet is 'Codes'), or leave the cell empty."


def write_review_sheet(book: Workbook, content: ReviewContent, cleaner: TextCleaner) -> None:
    """Write one row for each coding and suggestion."""
    score = replace(_COLUMNS["Score"], style=SHARE if content.has_probabilities else RATE)
    columns = [{**_COLUMNS, "Score": score}[title] for title in content.titles]
    sheet = FillInSheet(book, "Review", columns, cleaner=cleaner, freeze="J2", hidden=content.hidden)
    sheet.worksheet.sheet_view.zoomScale = 90
    sheet.append_titles()
    styles = [column.style for column in sheet.columns]
    coloured = {code: _colour_code(sheet.columns, colour) for code, colour in content.colours.items()}
    for row in content.rows:
        values = [as_cell(title, row[title]) for title in content.titles]
        sheet.append(values, coloured.get(row["Code"], styles))
    sheet.finish_table()
    # What a lead needs on paper: with all columns, letters would be too small to read.
    sheet.worksheet.print_area = f"A1:{sheet.letter('Comment')}{sheet.row_count}"
    if sheet.row_count > 1:
        _add_lists(sheet, content)
        _colour_decisions(sheet, content.decisions)
        sheet.mark_cells(sheet.body("Case", "Code name"), f'${sheet.letter("Kind")}2="suggestion"', italic=True)


def _colour_code(columns: Sequence[Column], colour: str) -> list[Style]:
    """Return the styles of a row in which the code has its colour."""
    return [tint(column.style, colour) if column.title in {"Code", "Code name"} else column.style for column in columns]


def _add_lists(sheet: FillInSheet, content: ReviewContent) -> None:
    *others, last = content.decisions
    message = f"Choose {', '.join(others)} or {last}, or leave the cell empty to decide nothing."
    sheet.offer_list("Decision", f'"{",".join(content.decisions)}"', name="Not a decision", message=message)
    if codes := list_formula(content.choices):
        sheet.offer_list("New code", codes, name="Not a code", message=_NO_CODE)


def _colour_decisions(sheet: FillInSheet, decisions: Sequence[str]) -> None:
    """Mark what cannot be read back, and tint the rows with a decision."""
    decision, code = (f"TRIM(${sheet.letter(title)}2)" for title in ("Decision", "New code"))
    others = ",".join(f'{decision}<>"{known}"' for known in decisions)
    cells = sheet.body("Decision")
    sheet.mark_cells(cells, f'AND({decision}<>"",{others})', **_WRONG)
    # Recode needs a code, and a code says nothing without recode.
    missing = f'OR(AND({decision}="recode",{code}=""),AND({decision}<>"recode",{code}<>""))'
    sheet.mark_cells(sheet.body("New code"), missing, **_WRONG)
    rows = f"{sheet.body('Case', 'Quote')} {sheet.body('Decision', 'Comment')}"
    for alike, fill in ((("accept", "keep"), "DDEFE0"), (("reject",), "F5DEDA"), (("recode",), "DCE8F6")):
        chosen = ",".join(f'{decision}="{one}"' for one in alike)
        sheet.mark_cells(rows, f"OR({chosen})", fill=fill)


def write_new_coding_sheet(book: Workbook, content: ReviewContent, cleaner: TextCleaner) -> None:
    """Write empty rows for codings that are missing."""
    sheet = FillInSheet(book, "New codings", _NEW_CODING_COLUMNS, cleaner=cleaner, freeze="A2")
    sheet.append_titles()
    for _ in range(_NEW_CODING_ROWS):
        sheet.append([None] * len(sheet.columns), sheet.columns[0].style)
    sheet.worksheet.print_title_rows = "1:1"
    if codes := list_formula(content.choices):
        sheet.offer_list("Code", codes, name="Not a code", message=_NO_CODE)
