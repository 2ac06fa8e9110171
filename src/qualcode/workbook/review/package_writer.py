"""Saving of a workbook so that the same content gives the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfileobj
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The date of a file whose content has none: the earliest that a zip archive can store."""


class _DatedZipFile(ZipFile):
    """An archive whose members all have the same date."""

    def __init__(self, path: Path, date: datetime) -> None:
        super().__init__(path, "w", ZIP_DEFLATED)
        self._date = date

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._describe(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        # The size is not known before: the archive must allow members of over 2 GB.
        with open(filename, "rb") as source, self.open(self._describe(arcname), "w", force_zip64=True) as target:
            copyfileobj(source, target, 1 << 20)

    def _describe(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self._date.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


def save_deterministically(book: Workbook, path: Path, *, changed: datetime | None) -> None:
    """Save a workbook, whose date is that of its content and not the present time."""
    date = max(changed or EARLIEST, EARLIEST).astimezone(UTC)
    book.properties.created = book.properties.modified = date.replace(microsecond=0, tzinfo=None)
    # `Workbook.save` would set the present time.
    with _DatedZipFile(path, date) as archive:
        ExcelWriter(book, archive).write_data()
