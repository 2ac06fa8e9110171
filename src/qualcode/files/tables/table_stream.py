"""Tables of any kind (.csv, .tsv, .xlsx, .parquet) as one stream of rows, each with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from qualcode.errors import OperationError
from qualcode.files.encoding_detection import find_encoding
from qualcode.files.tables.csv_stream import NumberedRow, csv_rows

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")
"""Endings of the tables that can be read."""

MAX_TABLE_SIZE = 4_000_000_000
"""Bytes of a table, which is read as a stream and so may be larger than other sources."""

_MAX_COLUMNS = 5_000
"""Columns of a table: more is no survey, and would make each of its rows slow."""


@dataclass(frozen=True)
class TableStream:
    """A table that has been opened: names of columns at once, rows as often as they are asked for."""

    display_path: str
    columns: tuple[str, ...]
    """One name a column, each only once; those without a name are called by their number."""
    unnamed_positions: frozenset[int]
    notices: tuple[str, ...]
    _open_rows: Callable[[], Iterator[NumberedRow]]
    _is_ragged_refused: bool
    """Whether a row that is too short has lost cells, as in CSV; in workbooks they are blank."""
    first_line: int = 0
    """The line from which on rows are read."""

    def rows(self) -> Iterator[NumberedRow]:
        """Yield (line, cells) of the rows below the names, blank ones left out; each has a cell a column."""
        width = len(self.columns)
        rows = self._open_rows()
        next(rows, None)
        for line, row in rows:
            if line >= self.first_line:
                yield line, row if len(row) == width else self._fit_row(line, row)

    def _fit_row(self, line: int, row: Sequence[str]) -> Sequence[str]:
        width = len(self.columns)
        beyond = any(map(str.strip, row[width:]))
        if beyond or (len(row) < width and self._is_ragged_refused):
            said = f"{len(row)} cells, but the first line names {width} columns"
            hint = (
                "is a comma inside a cell without quotes?"
                if self._is_ragged_refused
                else "is there a title above the names?"
            )
            raise OperationError(f"{self.display_path}:{line}: {said} ({hint})")
        return [*row[:width], *[""] * (width - len(row))]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be opened, where that is not to be found out."""

    encoding: str = ""
    sheet: str = ""
    """The sheet of a workbook; the first where empty."""
    delimiter: str = ""
    has_quoted_cells: bool = True


def open_table_stream(stream: BinaryIO, *, display_path: str, options: TableOptions = TableOptions()) -> TableStream:
    """Open a table by the ending of its path; what cannot be read is refused with a sentence and its line."""
    from qualcode.files.tables.table_cells import open_parquet_rows, open_workbook_rows

    suffix = PurePath(display_path).suffix.lower()
    if suffix == ".xlsx":
        rows, notices = open_workbook_rows(stream, display_path=display_path, sheet=options.sheet)
    elif suffix == ".parquet":
        rows, notices = open_parquet_rows(stream, display_path=display_path), ()
    else:
        rows, notices = _text_rows(stream, display_path, options, "\t" if suffix == ".tsv" else options.delimiter)
    header = next(rows(), None)
    if header is None:
        raise OperationError(f"{display_path}: the table is empty: its first line names the columns")
    if len(header[1]) > _MAX_COLUMNS:
        raise OperationError(
            f"{display_path}:{header[0]}: {len(header[1]):,} columns are over the limit of {_MAX_COLUMNS:,}"
        )
    columns, unnamed, said = _name_columns(header[1])
    return TableStream(display_path, columns, unnamed, (*notices, *said), rows, suffix not in {".xlsx", ".parquet"})


def _text_rows(
    stream: BinaryIO, shown: str, options: TableOptions, delimiter: str
) -> tuple[Callable[[], Iterator[NumberedRow]], tuple[str, ...]]:
    found = find_encoding(stream, path=shown, encoding=options.encoding)

    def rows() -> Iterator[NumberedRow]:
        return csv_rows(
            stream, found, display_path=shown, delimiter=delimiter, has_quoted_cells=options.has_quoted_cells
        )

    return rows, (found.notice,) if found.notice else ()


def _name_columns(header: Sequence[str]) -> tuple[tuple[str, ...], frozenset[int], tuple[str, ...]]:
    """Return names of columns, the positions of those that had none, and what is to be said about them."""
    given = [" ".join(cell.split()) for cell in header]
    unnamed = frozenset(position for position, name in enumerate(given) if not name)
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for position, name in enumerate(given):
        names[_unique_name(name or f"column {position + 1}", names, numbers)] = None
    twice = [(name, many) for name, many in Counter(given).items() if name and many > 1]
    said = [f"{many} columns are called '{name}': the second is taken as '{name} (2)'" for name, many in twice]
    return tuple(names), unnamed, tuple(said)


def _unique_name(name: str, names: Collection[str], numbers: Counter[str]) -> str:
    """Return a name that is not among others: itself, else with the next number behind it."""
    numbers[name] += 1
    while (unlike := name if numbers[name] == 1 else f"{name} ({numbers[name]})") in names:
        numbers[name] += 1
    return unlike
