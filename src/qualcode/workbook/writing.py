"""From content to a file: the sheets in their order."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from qualcode.workbook.cleaning import Cleaned, Cleaner, without_forbidden
from qualcode.workbook.comparing import write_groups
from qualcode.workbook.content import Content
from qualcode.workbook.frequencies import write_themes
from qualcode.workbook.front import open_overview, write_codebook, write_overview
from qualcode.workbook.passages import write_matrix, write_quotes
from qualcode.workbook.suggested import write_suggested


def write_workbook(content: Content, path: Path) -> Cleaned:
    """Write the workbook to a path and return what had to be made safe for Excel."""
    book, cleaner = Workbook(write_only=True), Cleaner()
    book.properties.creator = "qualcode"
    book.properties.title = without_forbidden(content.title)[0]
    overview = open_overview(book, cleaner)
    for write in (write_codebook, write_themes, write_groups, write_matrix, write_quotes, write_suggested):
        write(book, content, cleaner)
    made_safe = write_overview(overview, content, cleaner)
    book.save(path)
    return made_safe
