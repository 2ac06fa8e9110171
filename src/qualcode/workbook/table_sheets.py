"""Sheets that show a table as it is: comparison of groups, saturation, agreement, disagreements."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from openpyxl import Workbook

from qualcode.workbook.count_captions import cell_value
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.styles import (
    CAPTION,
    COUNT,
    DURATION,
    HEAD_INDENTED,
    HEAD_RIGHT,
    P_VALUE,
    PLAIN,
    RATE,
    SECONDS_PER_DAY,
    SHARE_FINE,
    TEXT,
    TEXT_INDENTED,
    TITLE,
    level_style,
)
from qualcode.workbook.workbook_content import WorkbookContent

_COMPARISON = {
    "level": Column("Level", 8, PLAIN),
    "code": Column("Code", 29, TEXT),
    "name": Column("Name", 38, TEXT),
    "attribute": Column("Attribute", 16, TEXT_INDENTED, HEAD_INDENTED),
    "group_a": Column("Group a", 16, TEXT),
    "group_b": Column("Group b", 16, TEXT),
    "cases_a": Column("Cases a", 8, COUNT, HEAD_RIGHT),
    "universe_cases_a": Column("of", 7, COUNT, HEAD_RIGHT),
    "cases_b": Column("Cases b", 8, COUNT, HEAD_RIGHT),
    "universe_cases_b": Column("of", 7, COUNT, HEAD_RIGHT),
    "share_a": Column("Share a", 9, SHARE_FINE, HEAD_RIGHT),
    "share_b": Column("Share b", 9, SHARE_FINE, HEAD_RIGHT),
    "difference": Column("Difference", 10, SHARE_FINE, HEAD_RIGHT),
    "difference_low": Column("Difference, lower limit", 10, SHARE_FINE, HEAD_RIGHT),
    "difference_high": Column("Difference, upper limit", 10, SHARE_FINE, HEAD_RIGHT),
    "q": Column("q (shares)", 9, P_VALUE, HEAD_RIGHT),
    "rate_a": Column("Codings per 1,000 words, a", 11, RATE, HEAD_RIGHT),
    "rate_b": Column("Codings per 1,000 words, b", 11, RATE, HEAD_RIGHT),
    "rate_ratio": Column("Ratio of rates", 9, RATE, HEAD_RIGHT),
    "rate_ratio_low": Column("Ratio, lower limit", 9, RATE, HEAD_RIGHT),
    "rate_ratio_high": Column("Ratio, upper limit", 9, RATE, HEAD_RIGHT),
    "rate_q": Column("q (rates)", 9, P_VALUE, HEAD_RIGHT),
    "reason": Column("Not tested", 30, TEXT_INDENTED, HEAD_INDENTED),
}
_SATURATION = {
    "position": Column("Position", 9, COUNT, HEAD_RIGHT),
    "transcript": Column("Transcript", 24, TEXT_INDENTED, HEAD_INDENTED),
    "codes": Column("Codes", 9, COUNT, HEAD_RIGHT),
    "new": Column("New codes", 9, COUNT, HEAD_RIGHT),
    "cumulative": Column("Codes so far", 9, COUNT, HEAD_RIGHT),
    "expected": Column("Mean of all orders", 11, RATE, HEAD_RIGHT),
    "low": Column("Random orders, from", 11, COUNT, HEAD_RIGHT),
    "high": Column("to", 9, COUNT, HEAD_RIGHT),
    "run_new": Column("New in the run", 9, COUNT, HEAD_RIGHT),
    "run_share": Column("Share of the base", 10, SHARE_FINE, HEAD_RIGHT),
}
_AGREEMENT = {
    "level": Column("Level", 8, PLAIN),
    "code": Column("Code", 29, TEXT),
    "name": Column("Name", 38, TEXT),
    "units": Column("Units", 9, COUNT, HEAD_RIGHT),
    "coded": Column("Coded by each", 34, TEXT_INDENTED, HEAD_INDENTED),
    "percent": Column("Percent agreement", 11, SHARE_FINE, HEAD_RIGHT),
    "krippendorff_alpha": Column("Krippen-dorff's alpha", 10, RATE, HEAD_RIGHT),
    "krippendorff_alpha_low": Column("alpha, lower limit", 10, RATE, HEAD_RIGHT),
    "krippendorff_alpha_high": Column("alpha, upper limit", 10, RATE, HEAD_RIGHT),
    "cohen_kappa": Column("Cohen's kappa", 10, RATE, HEAD_RIGHT),
    "gwet_ac1": Column("Gwet's AC1", 10, RATE, HEAD_RIGHT),
    "prevalence_index": Column("Prevalence index", 11, RATE, HEAD_RIGHT),
    "bias_index": Column("Bias index", 10, RATE, HEAD_RIGHT),
    "undefined": Column("Not defined", 44, TEXT_INDENTED, HEAD_INDENTED),
}
_PASSAGE = {
    "transcript": Column("Transcript", 12),
    "turn": Column("Turn", 6, COUNT, HEAD_RIGHT),
    "speaker": Column("Speaker", 14, TEXT_INDENTED, HEAD_INDENTED),
    "time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "text": Column("Text", 62),
    "agreed": Column("Codes of all", 26),
}
_DECISION = {
    "decision": Column("Decision", 26),
    "note": Column("Note", 30),
    "decided_by": Column("Decided by", 12),
    "id": Column("Id", 14, TEXT_INDENTED, HEAD_INDENTED),
}
_CODES_WIDTH = 26


def write_table_sheets(book: Workbook, content: WorkbookContent, cleaner: TextCleaner) -> None:
    """Write the tables that a workbook has; there is no sheet for a table that is None."""
    for table, name, title, columns in (
        (content.comparison, "Comparison", "Groups of cases compared", _COMPARISON),
        (content.saturation, "Saturation", "Saturation: new codes by transcript", _SATURATION),
        (content.agreement, "Agreement", "Agreement of coders", _AGREEMENT),
    ):
        if table is not None:
            notes = _wrap([*table.attrs.get("methods", ()), *table.attrs["notes"]], columns)
            sheet = _open_sheet(book, name, columns, notes, cleaner)
            _write_table(sheet, title, notes, table, columns)
    if (table := content.disagreements) is not None:
        # One column for each coder: those that are neither of the passage nor of the decision.
        coders = {
            str(name): Column(str(name).removeprefix("codes_"), _CODES_WIDTH)
            for name in table.columns
            if str(name).startswith("codes_")
        }
        columns = {**_PASSAGE, **coders, **_DECISION}
        notes = _wrap(table.attrs["notes"], columns)
        sheet = _open_sheet(book, "Disagreements", columns, notes, cleaner)
        _write_table(sheet, "Passages that coders have coded differently", notes, table, columns)


def _wrap(notes: Sequence[str], columns: Mapping[str, Column]) -> list[str]:
    """Return notes in lines that are not wider than the table, so that pages show them in full."""
    width = int(sum(column.width for column in columns.values()))
    return [line for note in notes for line in textwrap.wrap(note, width)]


def _open_sheet(
    book: Workbook, name: str, columns: Mapping[str, Column], notes: Sequence[str], cleaner: TextCleaner
) -> SheetWriter:
    widths = [column.width for column in columns.values()]
    return SheetWriter(book, name, cleaner=cleaner, widths=widths, freeze=f"A{len(notes) + 3}")


def _write_table(
    sheet: SheetWriter, title: str, notes: Sequence[str], table: pd.DataFrame, columns: Mapping[str, Column]
) -> None:
    sheet.append([title], TITLE, height=24)
    for note in notes:
        sheet.append([note], CAPTION)
    head = sheet.append_header(columns.values())
    for row in table.to_dict("records"):
        level = str(row.get("level", "code"))
        values = [_cell(key, row[key]) for key in columns]
        sheet.append(values, [level_style(column.style, level) for column in columns.values()])
    sheet.worksheet.auto_filter.ref = cell_range((head, 1), (sheet.row_count, len(columns)))
    sheet.worksheet.print_area = cell_range((1, 1), (sheet.row_count, len(columns)))
    sheet.worksheet.print_title_rows = f"{head}:{head}"


def _cell(key: str, value: object) -> CellValue:
    if key == "time":
        return None if pd.isna(value) else float(value) / SECONDS_PER_DAY  # type: ignore[call-overload, arg-type]
    return cell_value(value)
