"""A workbook while its sheets are written: opening of sheets, and links between cells of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lxml.etree import LxmlSyntaxError
from openpyxl import Workbook

from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import SheetWriter

LinkKey = tuple[str, ...]
"""What a link leads to, such as ("code", "work/desk"): its first quote."""


@dataclass(frozen=True)
class WorkbookDraft:
    """A write-only workbook, so that memory stays constant with 100,000 quotes; rows cannot be changed afterwards."""

    book: Workbook = field(default_factory=lambda: Workbook(write_only=True))
    cleaner: TextCleaner = field(default_factory=TextCleaner)
    places: dict[LinkKey, str] = field(default_factory=dict)
    """Where links lead to, by key."""
    links: list[tuple[SheetWriter, int, int, LinkKey]] = field(default_factory=list)
    """Sheet, row and column of linked cells, with the key of the place."""

    def open_sheet(self, name: str, *, widths: Iterable[float], freeze: str) -> SheetWriter:
        """Return a new sheet, the last so far, to which ("sheet", name) leads."""
        sheet = SheetWriter(self.book, name, cleaner=self.cleaner, widths=widths, freeze=freeze)
        self.places["sheet", name] = sheet.place(1)
        return sheet

    def discard(self) -> None:
        """Close the streams of all sheets after an error, which would otherwise be reported when they are deleted."""
        worksheets: Any = self.book.worksheets
        for sheet in worksheets:
            for stream in (sheet._rows, sheet._writer and sheet._writer.xf):
                # What is written of the sheet is not complete.
                with suppress(LxmlSyntaxError):
                    if stream is not None:
                        stream.close()

    def link_cells(self) -> None:
        """Write all links, when all places are known; a link to a place that no sheet has is left out."""
        for sheet, row, column, key in self.links:
            if place := self.places.get(key):
                sheet.link(row, column, place)
