"""Tables of any kind (.csv, .tsv, .xlsx, .parquet) as one stream of rows, each with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from qualcode.errors import Refused
from qualcode.files.blocks import find_encoding
from qualcode.files.streams import Row, csv_rows

TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
"""Endings of the tables that can be read."""

LARGEST = 4_000_000_000
"""Bytes of a table, which is read as a stream and so may be larger than other sources."""

_WIDEST = 5_000
"""Columns of a table: more is no survey, and would make each of its rows slow."""


@dataclass(frozen=True)
class Sheet:
    """A table that has been opened: names of columns at once, rows as often as they are asked for."""

    shown: str
    columns: tuple[str, ...]
    """One name a column, each only once; those without a name are called by their number."""
    unnamed: frozenset[int]
    notices: tuple[str, ...]
    _rows: Callable[[], Iterator[Row]]
    _torn: bool
    """Whether a row that is too short has lost cells, as in CSV; in workbooks they are blank."""
    first: int = 0
    """The line from which on rows are read."""

    def rows(self) -> Iterator[Row]:
        """Yield (line, cells) of the rows below the names, blank ones left out; each has a cell a column."""
        width = len(self.columns)
        rows = self._rows()
        next(rows, None)
        for line, row in rows:
            if line >= self.first:
                yield line, row if len(row) == width else self._fitted(line, row)

    def _fitted(self, line: int, row: Sequence[str]) -> Sequence[str]:
        width = len(self.columns)
        beyond = any(map(str.strip, row[width:]))
        if beyond or (len(row) < width and self._torn):
            said = f"{len(row)} cells, but the first line names {width} columns"
            hint = "is a comma inside a cell without quotes?" if self._torn else "is there a title above the names?"
            raise Refused(f"{self.shown}:{line}: {said} ({hint})")
        return [*row[:width], *[""] * (width - len(row))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a table is to be opened, where that is not to be found out."""

    encoding: str = ""
    sheet: str = ""
    """The sheet of a workbook; the first where empty."""
    delimiter: str = ""
    quotes: bool = True


def open_sheet(stream: BinaryIO, *, shown: str, wanted: Wanted = Wanted()) -> Sheet:
    """Open a table by the ending of its path; what cannot be read is refused with a sentence and its line."""
    from qualcode.files.cells import parquet_rows, workbook_rows

    suffix = PurePath(shown).suffix.lower()
    if suffix == ".xlsx":
        rows, notices = workbook_rows(stream, shown=shown, sheet=wanted.sheet)
    elif suffix == ".parquet":
        rows, notices = parquet_rows(stream, shown=shown), ()
    else:
        rows, notices = _text_rows(stream, shown, wanted, "\t" if suffix == ".tsv" else wanted.delimiter)
    header = next(rows(), None)
    if header is None:
        raise Refused(f"{shown}: the table is empty: its first line names the columns")
    if len(header[1]) > _WIDEST:
        raise Refused(f"{shown}:{header[0]}: {len(header[1]):,} columns are over the limit of {_WIDEST:,}")
    columns, unnamed, said = _names(header[1])
    return Sheet(shown, columns, unnamed, (*notices, *said), rows, suffix not in {".xlsx", ".parquet"})


def _text_rows(
    stream: BinaryIO, shown: str, wanted: Wanted, delimiter: str
) -> tuple[Callable[[], Iterator[Row]], tuple[str, ...]]:
    found = find_encoding(stream, path=shown, encoding=wanted.encoding)

    def rows() -> Iterator[Row]:
        return csv_rows(stream, found, shown=shown, delimiter=delimiter, quotes=wanted.quotes)

    return rows, (found.notice,) if found.notice else ()


def _names(header: Sequence[str]) -> tuple[tuple[str, ...], frozenset[int], tuple[str, ...]]:
    """Return names of columns, the positions of those that had none, and what is to be said about them."""
    given = [" ".join(cell.split()) for cell in header]
    unnamed = frozenset(position for position, name in enumerate(given) if not name)
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for position, name in enumerate(given):
        names[_unlike(name or f"column {position + 1}", names, numbers)] = None
    twice = [(name, many) for name, many in Counter(given).items() if name and many > 1]
    said = [f"{many} columns are called '{name}': the second is taken as '{name} (2)'" for name, many in twice]
    return tuple(names), unnamed, tuple(said)


def _unlike(name: str, names: Collection[str], numbers: Counter[str]) -> str:
    """Return a name that is not among others: itself, else with the next number behind it."""
    numbers[name] += 1
    while (unlike := name if numbers[name] == 1 else f"{name} ({numbers[name]})") in names:
        numbers[name] += 1
    return unlike
