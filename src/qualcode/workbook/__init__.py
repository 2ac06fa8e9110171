"""The Excel workbook of a study: its content as values, written to an .xlsx file."""

from __future__ import annotations

from qualcode.workbook.safe_text import CleaningCounts
from qualcode.workbook.workbook_content import QUOTE_COLUMNS, UndecidedSuggestions, WorkbookContent
from qualcode.workbook.workbook_writer import write_workbook

__all__ = ["QUOTE_COLUMNS", "CleaningCounts", "UndecidedSuggestions", "WorkbookContent", "write_workbook"]
