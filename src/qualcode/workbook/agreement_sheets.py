"""The sheets "Agreement" and "Disagreements", of a study that several people have coded."""

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


def write_agreement_sheets(book: Workbook, content: WorkbookContent, cleaner: TextCleaner) -> None:
    """Write how far coders agree by code, and each passage in which they differ; without such tables no sheets."""
    if (table := content.agreement) is not None:
        notes = _wrap([*table.attrs["methods"], *table.attrs["notes"]], _AGREEMENT)
        sheet = _open_sheet(book, "Agreement", _AGREEMENT, notes, cleaner)
        _write_table(sheet, "Agreement of coders", notes, table, _AGREEMENT)
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
