"""The study as an Excel workbook: values in, an .xlsx file out."""

from __future__ import annotations

from qualcode.workbook.cleaning import Cleaned
from qualcode.workbook.content import QUOTE_COLUMNS, Content, Suggested
from qualcode.workbook.writing import write_workbook

__all__ = ["QUOTE_COLUMNS", "Cleaned", "Content", "Suggested", "write_workbook"]
