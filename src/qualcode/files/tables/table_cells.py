"""Rows of Excel workbooks and Parquet files, with values as the text that a person sees in the cell."""

from __future__ import annotations

import datetime
import io
import json
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cached_property
from itertools import islice
from typing import Any, BinaryIO

from qualcode.errors import OperationError, did_you_mean, format_names
from qualcode.files.tables.cell_escapes import unescape_cell
from qualcode.files.tables.csv_stream import NumberedRow
from qualcode.files.zip_guard import ARCHIVE_ERRORS, OLE_SIGNATURE, open_zip

RowReader = Callable[[], Iterator[NumberedRow]]

_MAX_IN_MEMORY_BYTES = 200_000_000
"""Bytes of the parts of a workbook that are not read as a stream, such as its shared strings."""
_MAX_ROWS = 100_000_000
_MAX_CHARACTERS = 4_000_000_000
"""Characters of all cells: a small file may repeat a long text a million times."""
_BATCH_ROWS = 1000
_PARQUET_BATCH_ROWS = 100
"""Rows of a Parquet file that are unpacked at once; they may be much larger than the file."""


def open_workbook_rows(stream: BinaryIO, *, display_path: str, sheet: str = "") -> tuple[RowReader, tuple[str, ...]]:
    """Open a sheet of a workbook, the first if none is given; return its row reader, and a notice on other sheets.

    Raises
    ------
    OperationError
        If the file is not a workbook, is over a limit or protected, or has no such sheet. The row reader raises it
        as well if the sheet is damaged or too large.
    """
    _check_workbook(stream, display_path)
    names = _sheet_names(stream, display_path)
    name = sheet or names[0]
    if name not in names:
        hint = did_you_mean(name, names) or f"there are: {format_names(names)}"
        raise OperationError(f"{display_path}: no sheet '{name}' ({hint})")
    others = format_names([other for other in names if other != name])
    notice = f"only sheet '{name}' is read, not {others}: see 'tables' in qualcode.yaml"
    return (
        lambda: _limit_characters(_rows_as_text(_sheet_values(stream, name), display_path), display_path),
        (notice,) if others else (),
    )


def _limit_characters(rows: Iterator[NumberedRow], path: str) -> Iterator[NumberedRow]:
    character_count = 0
    for line, cells in rows:
        character_count += sum(map(len, cells))
        if character_count > _MAX_CHARACTERS:
            raise OperationError(f"{path}:{line}: the cells are over the limit of {_MAX_CHARACTERS:,} characters")
        yield line, cells


def _check_workbook(stream: BinaryIO, path: str) -> None:
    """Refuse what is not a workbook or is over the limits of archives; worksheets are read as a stream."""
    stream.seek(0)
    if stream.read(8) == OLE_SIGNATURE:
        raise OperationError(f"{path}: protected with a password, or an old .xls: save it as .xlsx without password")
    try:
        open_zip(
            stream,
            path=path,
            max_bytes=_MAX_IN_MEMORY_BYTES,
            advice="save the sheet as CSV",
            streamed_folder="/worksheets/",
        )
    except ARCHIVE_ERRORS as error:
        raise _unreadable_table_error(path, error) from None


def _sheet_names(stream: BinaryIO, path: str) -> list[str]:
    try:
        with _suppress_output():
            names = [str(sheet.title) for sheet in _open_workbook(stream).worksheets]
    except Exception as error:  # openpyxl raises whatever its dependencies raise
        raise _unreadable_table_error(path, error) from None
    if not names:
        raise OperationError(f"{path}: the workbook has no sheet with cells")
    return names


def _open_workbook(stream: BinaryIO, *, has_formulas: bool = False) -> Any:
    import openpyxl

    stream.seek(0)
    # data_only: the values that Excel has computed, not the formulas.
    return openpyxl.load_workbook(stream, read_only=True, data_only=not has_formulas, keep_links=False)


def _rows_as_text(values: Iterator[Sequence[Any]], path: str, *, line: int = 0) -> Iterator[NumberedRow]:
    """Yield the rows that are not blank, numbered from the one after ``line``."""
    try:
        for row in values:
            line += 1
            cells = [cell_text(value) for value in row]
            if any(map(str.strip, cells)):
                yield line, cells
    except OperationError:
        raise
    except Exception as error:  # openpyxl and pyarrow raise whatever their dependencies raise
        raise _unreadable_table_error(f"{path}:{line + 1}", error) from None


def _sheet_values(stream: BinaryIO, name: str) -> Iterator[Sequence[Any]]:
    with _suppress_output():
        sheet = _open_workbook(stream)[name]
    yield from _worksheet_values(sheet)


def _worksheet_values(sheet: Any) -> Iterator[Sequence[Any]]:
    with _suppress_output():
        sheet.reset_dimensions()  # some programs write wrong ones
        values = sheet.iter_rows(values_only=True)
    while batch := _next_batch(values):
        for row in batch:
            yield [_workbook_value(value) for value in row]


class WorkbookCells:
    """The cells of all sheets of an open workbook, row by row, hidden ones too.

    Raises
    ------
    OperationError
        If the file is not a workbook, is over a limit or protected. `rows` raises it if a sheet is damaged.
    """

    def __init__(self, stream: BinaryIO, *, display_path: str) -> None:
        self._stream, self._path = stream, display_path
        _check_workbook(stream, display_path)
        self.titles = _sheet_names(stream, display_path)

    @cached_property
    def _formulas(self) -> Any:
        with _suppress_output():
            return _open_workbook(self._stream, has_formulas=True)

    @cached_property
    def _results(self) -> Any:
        with _suppress_output():
            return _open_workbook(self._stream)

    def rows(self, title: str, *, has_formulas: bool) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the number and the values of each row; a formula as ``=A1+1``, or as the result stored with it."""
        book = self._formulas if has_formulas else self._results
        number = 0
        try:
            for number, values in enumerate(_worksheet_values(book[title]), 1):
                yield number, values
        except Exception as error:  # openpyxl raises whatever its dependencies raise
            raise _unreadable_table_error(f"{self._path}, sheet {title}, row {number + 1}", error) from None


def _workbook_value(value: Any) -> Any:
    """Return the value of a workbook's cell with escapes decoded, and booleans as a person sees them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    # openpyxl has objects for formulas of arrays and data tables.
    if hasattr(value, "ref") and hasattr(value, "t"):
        return f"={str(getattr(value, 'text', '') or '').removeprefix('=')}"
    # Only workbooks have these escapes; in other tables such letters are the text itself.
    return unescape_cell(value) if isinstance(value, str) else value


@contextmanager
def _suppress_output() -> Iterator[None]:
    """Suppress the warnings of openpyxl and what it prints to stdout."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _next_batch(values: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    """Return the next rows; output is not suppressed across a yield, since that would concern the whole process."""
    with _suppress_output():
        return list(islice(values, _BATCH_ROWS))


def name_cell(row: int, column: int | None) -> str:
    """Return the name of a cell such as ``K17``, given its row from 1 and its column from 0; of a row without one."""
    if column is None:
        return str(row)
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row}"


def open_parquet_rows(stream: BinaryIO, *, display_path: str) -> RowReader:
    """Open a Parquet file; the row reader yields the names of its columns as line 1.

    Raises
    ------
    OperationError
        If the file is not a Parquet file or has too many rows. The row reader raises it as well if the file is damaged.
    """
    columns, row_count = _parquet_shape(stream, display_path)
    if row_count > _MAX_ROWS:
        raise OperationError(f"{display_path}: {row_count:,} rows are over the limit of {_MAX_ROWS:,}")
    return lambda: _limit_characters(_parquet_rows(stream, display_path, columns), display_path)


def _parquet_shape(stream: BinaryIO, path: str) -> tuple[list[str], int]:
    try:
        file = _open_parquet_file(stream)
        return list(file.schema_arrow.names), int(file.metadata.num_rows)
    except Exception as error:  # pyarrow raises whatever its dependencies raise
        raise _unreadable_table_error(path, error) from None


def _open_parquet_file(stream: BinaryIO) -> Any:
    from pyarrow import parquet

    stream.seek(0)
    # With pre_buffer, pyarrow would hold whole row groups in memory.
    return parquet.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 20)


def _parquet_rows(stream: BinaryIO, path: str, columns: list[str]) -> Iterator[NumberedRow]:
    yield 1, columns
    yield from _rows_as_text(_parquet_values(stream), path, line=1)


def _parquet_values(stream: BinaryIO) -> Iterator[Sequence[Any]]:
    for batch in _open_parquet_file(stream).iter_batches(batch_size=_PARQUET_BATCH_ROWS, use_threads=False):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _unreadable_table_error(place: str, error: Exception) -> OperationError:
    reason = " ".join(str(error).split()).encode(errors="replace").decode()[:200]
    return OperationError(f"{place}: not a table that can be read ({reason or type(error).__name__})")


def cell_text(value: Any) -> str:
    """Return a cell's value as text: whole numbers without decimals, dates as 2026-01-31, ``\\n`` line ends."""
    if isinstance(value, str):
        return _normalise_text(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    # Below 1e15 every whole number is exact as a float.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        # A date without time is read as midnight.
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, bytes):
        return _normalise_text(value.decode(errors="backslashreplace"))
    if isinstance(value, list):
        return "; ".join(map(cell_text, value))
    if isinstance(value, dict):
        return _normalise_text(json.dumps(value, ensure_ascii=False, default=str))
    return _normalise_text(str(value))


def _normalise_text(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be encoded
    return text.replace("\0", "\ufffd") if "\0" in text else text
