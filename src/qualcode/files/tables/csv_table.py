"""CSV as spreadsheets write it, with the line that each row begins on and all problems at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import Problem

csv.field_size_limit(10_000_000)  # 128 kB is Python's own: a whole interview in one cell may be longer

_SEPARATOR_LINE = re.compile(r"""\s*"?sep=([,;\t])"?[,;\t ]*(?=\n)""", re.IGNORECASE)
"""The line by which Excel is told what stands between cells; its line end stays, so that lines keep their numbers."""


_QUOTED_CELL = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True)
class CsvTable:
    """The rows of a CSV table by the names of its columns, and what is wrong with it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """Each with the line that it begins on; blank rows and those with a problem are left out."""
    problems: tuple[Problem, ...] = ()


def read_csv(text: str, *, display_path: str, known_columns: Collection[str] = ()) -> CsvTable:
    """Read a table with comma, semicolon or tab between its cells; of columns ``known`` by name the case is ignored.

    A cell in quotation marks may have several lines; one that is never closed is a problem, since it would
    swallow the rows below.
    """
    found, problems = _parse_rows(text, display_path)
    (_, header), *rows = found or [(1, [])]
    columns = tuple(_normalise_column(cell.strip(), known_columns) for cell in header)
    if twice := _duplicate_column_problems(columns, display_path):
        return CsvTable(columns, (), tuple(twice))
    rows = [(line, _drop_trailing_blanks(row, len(columns))) for line, row in rows]
    whole = [(line, row) for line, row in rows if len(row) == len(columns)]
    problems += [
        _ragged_row_problem(line, row, columns, display_path) for line, row in rows if len(row) != len(columns)
    ]
    problems += _unnamed_column_notices(columns, whole, display_path)
    kept = tuple((line, _cells_by_column(columns, row)) for line, row in whole)
    return CsvTable(tuple(filter(None, columns)), kept, tuple(sorted(problems)))


def _normalise_column(name: str, known: Collection[str]) -> str:
    return name.lower() if name.lower() in known else name


def _cells_by_column(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, row, strict=True) if name}


def _parse_rows(text: str, shown: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """Return the rows that have any words, each with the line it begins on."""
    below = _SEPARATOR_LINE.sub("", text)
    reader = csv.reader(io.StringIO(below, newline=""), delimiter=_find_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        said = f"not a table that can be read: {error}"
        return rows, [Problem(shown, line, 1, said, "is a quotation mark left open?")]
    return rows, []


def _drop_trailing_blanks(row: list[str], most: int) -> list[str]:
    """Leave out blank cells behind the last column, which spreadsheets write where a cell there was once used."""
    while len(row) > most and not row[-1].strip():
        row = row[:-1]
    return row


def _find_delimiter(text: str) -> str:
    if said := _SEPARATOR_LINE.match(text):
        return said[1]
    return detect_delimiter(text.lstrip("\n").partition("\n")[0])


def detect_delimiter(header: str) -> str:
    """Return what stands between the names of columns; what is inside quotation marks does not count."""
    return max(",;\t", key=_QUOTED_CELL.sub("", header).count)


def _duplicate_column_problems(columns: Sequence[str], shown: str) -> list[Problem]:
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    return [Problem(shown, 1, 1, f"column '{name}' is given twice") for name in twice]


def _unnamed_column_notices(
    columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], shown: str
) -> Iterator[Problem]:
    """Yield a notice on the first cell without a column's name; spreadsheets leave such columns, mostly empty."""
    for line, row in rows:
        for name, cell in zip(columns, row, strict=True):
            if not name and cell.strip():
                said = "a column without a name is not used"
                yield Problem(shown, line, 1, said, f"the first of its cells: '{cell.strip()}'", "notice")
                return


def _ragged_row_problem(line: int, row: Sequence[str], columns: Sequence[str], shown: str) -> Problem:
    said = f"{len(row)} cells, but the first line names {len(columns)} columns"
    return Problem(shown, line, 1, said, "is a comma inside a cell without quotes?")
