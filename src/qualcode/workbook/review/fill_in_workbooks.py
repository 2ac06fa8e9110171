"""Writing of the workbooks that people fill in: their sheets in their order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from openpyxl import Workbook

from qualcode.workbook.review.code_list_sheet import write_code_list
from qualcode.workbook.review.coding_sheet import write_coding_sheet
from qualcode.workbook.review.fill_in_content import CodingContent, FillInContent, ReviewContent
from qualcode.workbook.review.instruction_sheet import open_instructions, write_instructions
from qualcode.workbook.review.review_sheet import write_new_coding_sheet, write_review_sheet
from qualcode.workbook.safe_text import CleaningCounts, TextCleaner
from qualcode.workbook.workbook_file import save_workbook

Content = TypeVar("Content", bound=FillInContent)


def write_review_workbook(content: ReviewContent, path: Path) -> CleaningCounts:
    """Write the workbook to a path and return how many texts were changed for Excel."""
    return _write(content, path, write_review_sheet, write_new_coding_sheet)


def write_coding_workbook(content: CodingContent, path: Path) -> CleaningCounts:
    """Write the workbook to a path and return how many texts were changed for Excel."""
    return _write(content, path, write_coding_sheet)


def _write(
    content: Content, path: Path, *write_sheets: Callable[[Workbook, Content, TextCleaner], None]
) -> CleaningCounts:
    # Write-only, so that memory stays constant with 100,000 rows; rows cannot be changed afterwards.
    book, cleaner = Workbook(write_only=True), TextCleaner()
    instructions = open_instructions(book, cleaner)
    for write_sheet in write_sheets:
        write_sheet(book, content, cleaner)
    write_code_list(book, content.choices, cleaner)
    write_instructions(instructions, content, cleaner)
    save_workbook(book, path, title=content.title, at=content.changed)
    return cleaner.counts
