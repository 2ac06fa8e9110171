"""Saving of a workbook so that its bytes depend on its content alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from qualcode.files import remove_forbidden_characters

_EPOCH = "1980-01-01T00:00:00Z"
_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
"""Of all members of an archive; its format knows no earlier one."""


def save_workbook(book: Workbook, path: Path, *, title: str, at: str = "") -> None:
    """Write a workbook to a path.

    Parameters
    ----------
    title
        Title in the properties of the file.
    at
        Date in the properties, in ISO 8601: that of the latest decision, since the same study is to give the same
        bytes. The oldest date of archives if empty.
    """
    date = datetime.fromisoformat(at or _EPOCH).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "qualcode"
    book.properties.title = remove_forbidden_characters(title)[0]
    book.properties.created = book.properties.modified = date
    # openpyxl's own function writes the present time.
    ExcelWriter(book, _DatelessArchive(path, "w", ZIP_DEFLATED)).save()


class _DatelessArchive(ZipFile):
    """An archive whose members have the same date and permissions."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any) -> None:
        """Add a member with this content."""
        super().writestr(_make_member(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any) -> None:
        """Add a file."""
        member = _make_member(arcname)
        member.file_size = Path(filename).stat().st_size
        with open(filename, "rb") as source, self.open(member, "w") as target:
            shutil.copyfileobj(source, target)


def _make_member(name: str) -> ZipInfo:
    member = ZipInfo(name, _OLDEST_DATE)
    member.compress_type = ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member
