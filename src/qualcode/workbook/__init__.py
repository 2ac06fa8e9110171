"""The study as an Excel workbook: values in, an .xlsx file out."""

from __future__ import annotations

from qualcode.workbook.safe_text import CleaningCounts
from qualcode.workbook.workbook_content import QUOTE_COLUMNS, UndecidedSuggestions, WorkbookContent
from qualcode.workbook.workbook_writer import write_workbook

__all__ = ["QUOTE_COLUMNS", "CleaningCounts", "UndecidedSuggestions", "WorkbookContent", "write_workbook"]
