"""The Excel workbook of a study: its content as values, written to an .xlsx file."""

from __future__ import annotations

from qualcode.workbook.safe_text import CleaningCounts
from qualcode.workbook.workbook_content import (
    ALWAYS_WRITTEN,
    QUOTE_COLUMNS,
    SHEETS,
    CodeColumns,
    Cover,
    Provenance,
    UndecidedSuggestions,
    WorkbookContent,
)
from qualcode.workbook.workbook_file import save_workbook
from qualcode.workbook.workbook_writer import write_workbook

__all__ = [
    "ALWAYS_WRITTEN",
    "QUOTE_COLUMNS",
    "SHEETS",
    "CleaningCounts",
    "CodeColumns",
    "Cover",
    "Provenance",
    "UndecidedSuggestions",
    "WorkbookContent",
    "save_workbook",
    "write_workbook",
]
