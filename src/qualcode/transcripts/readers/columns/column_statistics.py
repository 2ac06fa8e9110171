"""Counts of the cells in the columns of a table, and the names of columns and rows in their normal form."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from unicodedata import normalize

from qualcode.files import TableStream


def split_names(words: str) -> frozenset[str]:
    """Return the names in a text that separates them by commas."""
    return frozenset(word.strip() for word in words.split(","))


def normalise_name(name: str) -> str:
    """Return the name of a column in lower case, with single spaces for signs."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def row_id(cell: str) -> str:
    """Return the id of a row from its cell: with single spaces and composed letters (NFC), as ids of transcripts."""
    tidied = " ".join(cell.split())
    return tidied if tidied.isascii() else normalize("NFC", tidied)


@dataclass
class ColumnStatistics:
    """Counts of the cells in the columns of a table."""

    rows: int
    filled_cells: list[int]
    total_lengths: list[int]
    invalid_ids: dict[int, tuple[int, str]]
    """By column, of those that may have ids: line and cell of the first id that is blank or a duplicate."""

    def mean_length(self, column: int) -> float:
        """Return the mean length, in characters, of a column's cells that are not blank."""
        return self.total_lengths[column] / max(1, self.filled_cells[column])


def collect_statistics(sheet: TableStream, id_columns: Collection[int]) -> ColumnStatistics:
    """Return the counts of a table, read once; duplicates are searched for in ``id_columns`` only."""
    width = len(sheet.columns)
    statistics = ColumnStatistics(0, [0] * width, [0] * width, {})
    seen: dict[int, set[str]] = {position: set() for position in id_columns}
    for line, cells in sheet.rows():
        statistics.rows += 1
        for position, cell in enumerate(cells):
            if cell and not cell.isspace():
                statistics.filled_cells[position] += 1
                statistics.total_lengths[position] += len(cell)
        for position, known in list(seen.items()):
            name = row_id(cells[position])
            if not name or name in known:
                statistics.invalid_ids[position] = line, name
                # One invalid id decides on the column: dropping its set saves memory in a large table.
                del seen[position]
            known.add(name)
    return statistics
