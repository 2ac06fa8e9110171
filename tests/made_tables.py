"""Workbooks and Parquet files for tests, with the values given in the test."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any


def workbook(*rows: Sequence[Any], sheets: Sequence[str] = ("Sheet1",)) -> bytes:
    """Return a workbook with these rows in its first sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = sheets[0]
    for title in sheets[1:]:
        book.create_sheet(title).append(["other"])
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(**columns: Sequence[Any]) -> bytes:
    """Return a Parquet file with these columns."""
    import pyarrow
    from pyarrow import parquet as writer

    stream = io.BytesIO()
    writer.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()
