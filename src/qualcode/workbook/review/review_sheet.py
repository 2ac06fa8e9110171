"""The sheets "Review" and "New codings": decisions on codings and suggestions, and passages that lack a code."""

from __future__ import annotations

from dataclasses import replace

from openpyxl import Workbook

from qualcode.workbook.review.code_list_sheet import list_formula
from qualcode.workbook.review.fill_in_content import ReviewContent
from qualcode.workbook.review.fill_in_sheet import (
    FILL_IN,
    FILL_IN_HEAD,
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
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    RATE,
    SHARE,
    TEXT_INDENTED,
)

DECISIONS = ("accept", "reject", "recode", "keep")
"""What a lead may decide."""

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
    "Why": Column("Why", 50, TEXT_INDENTED, HEAD_INDENTED),
    "Decided before": Column("Decided before", 18),
    "Status": Column("Status", 10, PLAIN),
    "Id": Column("Id", 8, TECHNICAL, TECHNICAL_HEAD),
    "Check": Column("Check", 8, TECHNICAL, TECHNICAL_HEAD),
}
_NEW_CODING_COLUMNS = (
    Column("Transcript (or case)", 20, FILL_IN, FILL_IN_HEAD),
    Column("Quote", 80, FILL_IN, FILL_IN_HEAD),
    Column("Code", 38, FILL_IN, FILL_IN_HEAD),
    Column("Comment", 40, FILL_IN, FILL_IN_HEAD),
)
_NEW_CODING_ROWS = 200
_NO_CODE = "Choose a code from the list (its sheet is 'Codes'), or leave the cell empty."


def write_review_sheet(book: Workbook, content: ReviewContent, cleaner: TextCleaner) -> None:
    """Write one row for each coding and suggestion."""
    score = replace(_COLUMNS["Score"], style=SHARE if content.has_probabilities else RATE)
    columns = [{**_COLUMNS, "Score": score}[title] for title in content.titles]
    sheet = FillInSheet(book, "Review", columns, cleaner=cleaner, freeze="J2")
    sheet.worksheet.sheet_view.zoomScale = 90
    sheet.hide_columns(content.hidden)
    sheet.append_titles()
    styles = {column.title: column.style for column in sheet.columns}
    tints = {
        code: (tint(styles["Code"], colour), tint(styles["Code name"], colour))
        for code, colour in content.colours.items()
    }
    uncoloured = styles["Code"], styles["Code name"]
    for row in content.rows:
        code, name = tints.get(row["Code"], uncoloured)
        coloured = {**styles, "Code": code, "Code name": name}
        sheet.append([as_cell(title, row[title]) for title in content.titles], list(coloured.values()))
    sheet.finish_table()
    # What a lead needs on paper: with all columns, letters would be too small to read.
    sheet.worksheet.print_area = f"A1:{sheet.letter('Comment')}{sheet.row_count}"
    if sheet.row_count > 1:
        _add_lists(sheet, list_formula(content.choices))
        _colour_decisions(sheet)


def _add_lists(sheet: FillInSheet, codes: str) -> None:
    message = f"Choose {', '.join(DECISIONS[:-1])} or {DECISIONS[-1]}, or leave the cell empty to decide nothing."
    sheet.offer_list("Decision", f'"{",".join(DECISIONS)}"', name="Not a decision", message=message)
    if codes:
        sheet.offer_list("New code", codes, name="Not a code", message=_NO_CODE)


def _colour_decisions(sheet: FillInSheet) -> None:
    """Mark what cannot be read back, and tint the rows with a decision."""
    decision, code = (f"TRIM(${sheet.letter(title)}2)" for title in ("Decision", "New code"))
    others = ",".join(f'{decision}<>"{known}"' for known in DECISIONS)
    cells = sheet.body("Decision")
    sheet.colour_cells(cells, f'AND({decision}<>"",{others})', fill="FFC7CE", font="9C0006")
    # Recode needs a code, and a code says nothing without recode.
    missing = f'OR(AND({decision}="recode",{code}=""),AND({decision}<>"recode",{code}<>""))'
    sheet.colour_cells(sheet.body("New code"), missing, fill="FFC7CE", font="9C0006")
    rows = f"{sheet.body('Case', 'Quote')} {sheet.body('Decision', 'Comment')}"
    for decisions, fill in ((("accept", "keep"), "DDEFE0"), (("reject",), "F5DEDA"), (("recode",), "DCE8F6")):
        chosen = ",".join(f'{decision}="{one}"' for one in decisions)
        sheet.colour_cells(rows, f"OR({chosen})", fill=fill)


def write_new_coding_sheet(book: Workbook, content: ReviewContent, cleaner: TextCleaner) -> None:
    """Write empty rows for codings that are missing."""
    sheet = FillInSheet(book, "New codings", _NEW_CODING_COLUMNS, cleaner=cleaner, freeze="A2")
    sheet.append_titles()
    for _ in range(_NEW_CODING_ROWS):
        sheet.append([None] * len(sheet.columns), sheet.columns[0].style)
    sheet.worksheet.print_title_rows = "1:1"
    if codes := list_formula(content.choices):
        sheet.offer_list("Code", codes, name="Not a code", message=_NO_CODE)
