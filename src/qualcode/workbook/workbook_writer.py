"""Writing of the workbook: its sheets in their order."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from qualcode.files import remove_forbidden_characters
from qualcode.workbook.group_sheet import write_group_sheet
from qualcode.workbook.overview_sheets import open_overview_sheet, write_codebook_sheet, write_overview_sheet
from qualcode.workbook.quote_sheets import write_cooccurrence_sheet, write_quote_sheets
from qualcode.workbook.safe_text import CleaningCounts, TextCleaner
from qualcode.workbook.suggestion_sheet import write_suggestion_sheet
from qualcode.workbook.table_sheets import write_table_sheets
from qualcode.workbook.theme_sheet import write_theme_sheet
from qualcode.workbook.workbook_content import WorkbookContent


def write_workbook(content: WorkbookContent, path: Path) -> CleaningCounts:
    """Write the workbook to a path and return how many texts were changed for Excel."""
    # Write-only, so that memory stays constant with 100,000 quotes; rows cannot be changed afterwards.
    book, cleaner = Workbook(write_only=True), TextCleaner()
    book.properties.creator = "qualcode"
    book.properties.title = remove_forbidden_characters(content.title)[0]
    overview = open_overview_sheet(book, cleaner)
    for write in (
        write_codebook_sheet,
        write_theme_sheet,
        write_group_sheet,
        write_cooccurrence_sheet,
        write_quote_sheets,
        write_table_sheets,
        write_suggestion_sheet,
    ):
        write(book, content, cleaner)
    counts = write_overview_sheet(overview, content, cleaner)
    book.save(path)
    return counts
