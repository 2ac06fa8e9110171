"""The sheet "Memos", with links to the quotes of codings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcode.workbook.sheet_layout import CellValue, Column
from qualcode.workbook.sheet_tables import finish_table, table_styles
from qualcode.workbook.styles import (
    COUNT,
    DURATION,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    SECONDS_PER_DAY,
    TEXT_INDENTED,
    linked,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_MEMO_FIELDS = {
    "on": Column("On", 11, PLAIN),
    "transcript": Column("Transcript", 12),
    "turn": Column("Turn", 6, COUNT, HEAD_RIGHT),
    "time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "quote": Column("Quote", 50, TEXT_INDENTED, HEAD_INDENTED),
    "code": Column("Code", 24),
    "name": Column("Code name", 24),
    "text": Column("Memo", 70),
    "coder": Column("Coder", 14),
    "at": Column("Written (UTC)", 17, PLAIN),
    "status": Column("Status", 14),
    "id": Column("Id", 30),
}


def write_memo_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write one row for each memo, if there are any."""
    if not content.memos:
        return
    columns = _MEMO_FIELDS.values()
    sheet = draft.open_sheet("Memos", widths=[column.width for column in columns], freeze="A2")
    head = sheet.append_header(columns)
    plain = table_styles(columns)
    # In a short cell, since LibreOffice does not wrap a link.
    with_link = [linked(plain[0]), *plain[1:]]
    for memo in content.memos:
        key = ("quote", str(memo["target"]))
        row = sheet.append([_cell(memo, key) for key in _MEMO_FIELDS], with_link if key in draft.places else plain)
        draft.links.append((sheet, row, 1, key))
    finish_table(sheet, "Memos", head, printed=len(_MEMO_FIELDS) - 1)


def _cell(memo: Mapping[str, Any], key: str) -> CellValue:
    value: CellValue = memo[key]
    if key == "time" and isinstance(value, float):
        return value / SECONDS_PER_DAY
    return str(value)[:16].replace("T", " ") if key == "at" else value
