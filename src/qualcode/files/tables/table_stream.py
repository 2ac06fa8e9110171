"""Tables of every supported format (.csv, .tsv, .xlsx, .parquet) as a stream of rows with line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import BinaryIO

from qualcode.errors import OperationError
from qualcode.files.encoding_detection import find_encoding
from qualcode.files.tables.csv_stream import NumberedRow, csv_rows, ragged_row_message

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")
"""Suffixes of the tables that can be read."""

MAX_TABLE_SIZE = 4_000_000_000
"""Bytes of a table; it is read as a stream and so may be larger than other sources."""

_MAX_COLUMNS = 5_000
"""Columns of a table: no survey has more, and each row would be slow to read."""


@dataclass(frozen=True)
class TableStream:
    """An open table: the names of its columns, and its rows, which can be read more than once."""

    display_path: str
    columns: tuple[str, ...]
    """One unique name for each column; a column without a name is named by its number."""
    unnamed_positions: frozenset[int]
    notices: tuple[str, ...]
    _open_rows: Callable[[], Iterator[NumberedRow]]
    _is_ragged_refused: bool
    """Whether a row that is too short is an error, as in CSV; in workbooks the missing cells are blank."""
    first_line: int = 0
    """Rows above this line are skipped."""

    def rows(self) -> Iterator[NumberedRow]:
        """Yield (line, cells) for each row below the header that is not blank, with one cell for each column.

        Raises
        ------
        OperationError
            If a row has cells beyond the last column or, in CSV, too few; or if the file is damaged.
        """
        width = len(self.columns)
        rows = self._open_rows()
        next(rows, None)
        for line, row in rows:
            if line >= self.first_line:
                yield line, row if len(row) == width else self._fit_row(line, row)

    def _fit_row(self, line: int, row: Sequence[str]) -> Sequence[str]:
        width = len(self.columns)
        has_extra_cells = any(map(str.strip, row[width:]))
        if has_extra_cells or (len(row) < width and self._is_ragged_refused):
            csv_hint, sheet_hint = "is a comma inside a cell without quotes?", "is there a title above the header?"
            hint = csv_hint if self._is_ragged_refused else sheet_hint
            raise OperationError(f"{self.display_path}:{line}: {ragged_row_message(len(row), width)} ({hint})")
        return [*row[:width], *[""] * (width - len(row))]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is opened; what is empty is detected."""

    encoding: str = ""
    sheet: str = ""
    """The sheet of a workbook; the first if empty."""
    delimiter: str = ""
    has_quoted_cells: bool = True


def open_table_stream(stream: BinaryIO, *, display_path: str, options: TableOptions = TableOptions()) -> TableStream:
    """Open a table in the format that the suffix of its path names.

    Raises
    ------
    OperationError
        If the table is empty, too large, damaged, or cannot be decoded.
    """
    from qualcode.files.tables.table_cells import open_parquet_rows, open_workbook_rows

    suffix = PurePath(display_path).suffix.lower()
    if suffix == ".xlsx":
        open_rows, notices = open_workbook_rows(stream, display_path=display_path, sheet=options.sheet)
    elif suffix == ".parquet":
        open_rows, notices = open_parquet_rows(stream, display_path=display_path), ()
    else:
        delimiter = "\t" if suffix == ".tsv" else options.delimiter
        open_rows, notices = _open_text_rows(stream, display_path, options, delimiter)
    first_row = next(open_rows(), None)
    if first_row is None:
        raise OperationError(f"{display_path}: the table is empty: its first line names the columns")
    line, header = first_row
    if len(header) > _MAX_COLUMNS:
        raise OperationError(f"{display_path}:{line}: {len(header):,} columns are over the limit of {_MAX_COLUMNS:,}")
    columns, unnamed, name_notices = _name_columns(header)
    # In text, a short row is a sign of a broken line or wrong delimiter; workbooks leave out blank cells at the end.
    is_ragged_refused = suffix not in {".xlsx", ".parquet"}
    return TableStream(display_path, columns, unnamed, (*notices, *name_notices), open_rows, is_ragged_refused)


def _open_text_rows(
    stream: BinaryIO, path: str, options: TableOptions, delimiter: str
) -> tuple[Callable[[], Iterator[NumberedRow]], tuple[str, ...]]:
    encoding = find_encoding(stream, path=path, encoding=options.encoding)
    open_rows = partial(
        csv_rows,
        stream,
        encoding,
        display_path=path,
        delimiter=delimiter,
        has_quoted_cells=options.has_quoted_cells,
    )
    return open_rows, (encoding.notice,) if encoding.notice else ()


def _name_columns(header: Sequence[str]) -> tuple[tuple[str, ...], frozenset[int], tuple[str, ...]]:
    """Return unique names of the columns, the positions of those without a name, and notices on duplicates."""
    given = [" ".join(cell.split()) for cell in header]
    unnamed = frozenset(position for position, name in enumerate(given) if not name)
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for position, name in enumerate(given):
        names[_unique_name(name or f"column {position + 1}", names, numbers)] = None
    duplicates = [(name, count) for name, count in Counter(given).items() if name and count > 1]
    notices = [f"{count} columns are named '{name}': the second is read as '{name} (2)'" for name, count in duplicates]
    return tuple(names), unnamed, tuple(notices)


def _unique_name(name: str, names: Collection[str], numbers: Counter[str]) -> str:
    """Return a name that is not in ``names``: the name itself, or the name with the next free number."""
    numbers[name] += 1
    while (unique := name if numbers[name] == 1 else f"{name} ({numbers[name]})") in names:
        numbers[name] += 1
    return unique
