"""Rows of workbooks and Parquet files, their values as the text that a person reads in the cell."""

from __future__ import annotations

import datetime
import io
import json
import math
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from itertools import islice
from typing import Any, BinaryIO

from qualcode.errors import OperationError, did_you_mean, format_names
from qualcode.files.tables.csv_stream import NumberedRow

RowReader = Callable[[], Iterator[NumberedRow]]

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_ENTRIES = 10_000
_MAX_UNPACKED_BYTES = 4_000_000_000
_MAX_IN_MEMORY_BYTES = 200_000_000
"""Bytes of the parts of a workbook that are not read as a stream, such as its shared texts."""
_MAX_COMPRESSION_RATIO = 200
_MAX_ROWS = 100_000_000
_MAX_CHARACTERS = 4_000_000_000
"""Characters of all cells: a small file may say one long text a million times."""
_BATCH_ROWS = 1000
_PARQUET_BATCH_ROWS = 100
"""Rows of a Parquet file that are unpacked at once, which may be much larger than the file."""


def open_workbook_rows(stream: BinaryIO, *, display_path: str, sheet: str = "") -> tuple[RowReader, tuple[str, ...]]:
    """Open a sheet of a workbook; return what gives its rows, and which sheets are not read."""
    _refuse_bombs(stream, display_path)
    names = _sheet_names(stream, display_path)
    name = sheet or names[0]
    if name not in names:
        hint = did_you_mean(name, names) or f"there are: {format_names(names)}"
        raise OperationError(f"{display_path}: no sheet '{name}' ({hint})")
    others = [other for other in names if other != name]
    said = (f"read is sheet '{name}', not {format_names(others)}: see 'tables' in qualcode.yaml",) if others else ()
    return lambda: _limit_characters(_rows_as_text(_sheet_values(stream, name), display_path), display_path), said


def _limit_characters(rows: Iterator[NumberedRow], shown: str) -> Iterator[NumberedRow]:
    held = 0
    for line, cells in rows:
        held += sum(map(len, cells))
        if held > _MAX_CHARACTERS:
            raise OperationError(
                f"{shown}:{line}: its cells hold over {_MAX_CHARACTERS:,} characters: more than a table may have"
            )
        yield line, cells


def _refuse_bombs(stream: BinaryIO, shown: str) -> None:
    """Refuse what is no workbook, or would unpack to more than memory should hold, before a byte is unpacked."""
    stream.seek(0)
    if stream.read(8) == _OLE_SIGNATURE:
        raise OperationError(f"{shown}: protected by a password, or an old .xls: save it as .xlsx without password")
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            packed = sum(part.compress_size for part in parts)
            unpacked = sum(part.file_size for part in parts)
            held = sum(part.file_size for part in parts if "/worksheets/" not in part.filename)
    except Exception as error:
        raise _unreadable_table_error(shown, error) from None
    bomb = unpacked > max(_MAX_COMPRESSION_RATIO * packed, _MAX_IN_MEMORY_BYTES // 2)
    if len(parts) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED_BYTES or held > _MAX_IN_MEMORY_BYTES or bomb:
        raise OperationError(f"{shown}: this workbook would unpack to {unpacked:,} bytes: save the sheet as CSV")


def _sheet_names(stream: BinaryIO, shown: str) -> list[str]:
    try:
        with _suppress_output():
            names = [str(one.title) for one in _open_workbook(stream).worksheets]
    except Exception as error:  # openpyxl lets out whatever its parts raise
        raise _unreadable_table_error(shown, error) from None
    if not names:
        raise OperationError(f"{shown}: the workbook has no sheet with cells")
    return names


def _open_workbook(stream: BinaryIO) -> Any:
    import openpyxl

    stream.seek(0)
    return openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)


def _rows_as_text(values: Iterator[Sequence[Any]], shown: str, *, above: int = 0) -> Iterator[NumberedRow]:
    """Yield the rows that say anything, with their lines; ``above`` are lines before the first one."""
    line = above
    try:
        for row in values:
            line += 1
            cells = [cell_text(value) for value in row]
            if any(map(str.strip, cells)):
                yield line, cells
    except OperationError:
        raise
    except Exception as error:  # openpyxl and pyarrow let out whatever their parts raise
        raise _unreadable_table_error(f"{shown}:{line + 1}", error) from None


def _sheet_values(stream: BinaryIO, name: str) -> Iterator[Sequence[Any]]:
    with _suppress_output():
        sheet = _open_workbook(stream)[name]
        sheet.reset_dimensions()  # programs write wrong ones
        values = sheet.iter_rows(values_only=True)
    while batch := _next_batch(values):
        yield from batch


@contextmanager
def _suppress_output() -> Iterator[None]:
    """Keep what openpyxl warns of, and what it prints, from standing among the results."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _next_batch(values: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    """Take rows quietly: not over a yield, since quiet concerns the whole process."""
    with _suppress_output():
        return list(islice(values, _BATCH_ROWS))


def open_parquet_rows(stream: BinaryIO, *, display_path: str) -> RowReader:
    """Open a Parquet file; its names of columns are line 1."""
    columns, many = _parquet_shape(stream, display_path)
    if many > _MAX_ROWS:
        raise OperationError(f"{display_path}: {many:,} rows are over the limit of {_MAX_ROWS:,}")
    return lambda: _limit_characters(_parquet_rows(stream, display_path, columns), display_path)


def _parquet_shape(stream: BinaryIO, shown: str) -> tuple[list[str], int]:
    try:
        file = _open_parquet_file(stream)
        return list(file.schema_arrow.names), int(file.metadata.num_rows)
    except Exception as error:  # pyarrow lets out whatever its parts raise
        raise _unreadable_table_error(shown, error) from None


def _open_parquet_file(stream: BinaryIO) -> Any:
    from pyarrow import parquet

    stream.seek(0)
    return parquet.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 20)


def _parquet_rows(stream: BinaryIO, shown: str, columns: list[str]) -> Iterator[NumberedRow]:
    yield 1, columns
    yield from _rows_as_text(_parquet_values(stream), shown, above=1)


def _parquet_values(stream: BinaryIO) -> Iterator[Sequence[Any]]:
    for batch in _open_parquet_file(stream).iter_batches(batch_size=_PARQUET_BATCH_ROWS, use_threads=False):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _unreadable_table_error(place: str, error: Exception) -> OperationError:
    said = " ".join(str(error).split()).encode(errors="replace").decode()[:200]
    return OperationError(f"{place}: not a table that can be read ({said or type(error).__name__})")


def cell_text(value: Any) -> str:
    """Return a cell's value as text: whole numbers without a point, dates as 2026-01-31, lines ended by ``\\n``."""
    if isinstance(value, str):
        return _normalise_text(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
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
        text = text.encode("utf-8", "replace").decode()  # half of a surrogate pair is no text
    return text.replace("\0", "\ufffd") if "\0" in text else text
