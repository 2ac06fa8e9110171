"""The sheet "Codes": the list that drop-downs offer, with the definitions of the codes."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook

from qualcode.workbook.review.fill_in_content import CodeChoice
from qualcode.workbook.review.fill_in_sheet import FillInSheet, tint
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import Column
from qualcode.workbook.styles import BOLD

_SHEET = "Codes"
_COLUMNS = (
    Column("Code", 46, BOLD),
    Column("Name", 26),
    Column("Definition", 52),
    Column("Include", 44),
    Column("Exclude", 44),
)


def list_formula(choices: Sequence[CodeChoice]) -> str:
    """Return the range of the list, for validations; empty without codes."""
    # Without '=': openpyxl writes the formula as it is.
    return f"{_SHEET}!$A$2:$A${len(choices) + 1}" if choices else ""


def write_code_list(book: Workbook, choices: Sequence[CodeChoice], cleaner: TextCleaner) -> None:
    """Write one row for each code."""
    sheet = FillInSheet(book, _SHEET, _COLUMNS, cleaner=cleaner, freeze="B2")
    sheet.append_titles()
    label, *texts = [column.style for column in sheet.columns]
    for choice in choices:
        values = [choice.label, choice.name, choice.definition, choice.include, choice.exclude]
        sheet.append(values, [tint(label, choice.colour), *texts])
    sheet.finish_table()
