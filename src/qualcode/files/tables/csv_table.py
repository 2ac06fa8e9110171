"""A whole CSV table by column names, with all of its problems."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import Problem
from qualcode.files.tables.csv_stream import CsvError, NumberedRow, parse_csv, ragged_row_message


@dataclass(frozen=True)
class CsvTable:
    """The rows of a CSV table by column names, and the problems of the table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """Each with the line that it begins on; blank rows and rows with a problem are left out."""
    problems: tuple[Problem, ...] = ()


def read_csv(text: str, *, display_path: str, known_columns: Collection[str] = ()) -> CsvTable:
    """Parse a table whose delimiter is a comma, semicolon or tab; the case of ``known_columns`` is ignored.

    A cell in quotation marks may have several lines; an open quotation mark is a problem, and no row below it is read.
    """
    rows, problems = _parse_rows(text, display_path)
    columns = tuple(_normalise_column(cell.strip(), known_columns) for cell in (rows[0][1] if rows else ()))
    if duplicates := _duplicate_column_problems(columns, display_path):
        return CsvTable(columns, (), tuple(duplicates))
    complete_rows: list[NumberedRow] = []
    for line, cells in rows[1:]:
        row = _drop_trailing_blanks(cells, len(columns))
        if len(row) == len(columns):
            complete_rows.append((line, row))
        else:
            message = ragged_row_message(len(row), len(columns))
            problems.append(Problem(display_path, line, 1, message, "is a comma inside a cell without quotes?"))
    problems += _unnamed_column_notices(columns, complete_rows, display_path)
    named_rows = tuple((line, _cells_by_column(columns, row)) for line, row in complete_rows)
    return CsvTable(tuple(filter(None, columns)), named_rows, tuple(sorted(problems)))


def _parse_rows(text: str, path: str) -> tuple[list[NumberedRow], list[Problem]]:
    rows: list[NumberedRow] = []
    try:
        rows.extend(parse_csv(io.StringIO(text)))  # the rows above an error are kept
    except CsvError as error:
        return rows, [Problem(path, error.line, 1, error.message, error.hint)]
    return rows, []


def _normalise_column(name: str, known: Collection[str]) -> str:
    return name.lower() if name.lower() in known else name


def _cells_by_column(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, row, strict=True) if name}


def _drop_trailing_blanks(row: Sequence[str], width: int) -> Sequence[str]:
    """Return a row without the blank cells beyond the last column, which spreadsheets write for cells once used."""
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row


def _duplicate_column_problems(columns: Sequence[str], path: str) -> list[Problem]:
    duplicates = sorted({name for name in columns if name and columns.count(name) > 1})
    return [Problem(path, 1, 1, f"column '{name}' is given twice") for name in duplicates]


def _unnamed_column_notices(columns: Sequence[str], rows: Sequence[NumberedRow], path: str) -> Iterator[Problem]:
    """Yield a notice on the first cell that is not blank in a column without name, if there is one."""
    for line, row in rows:
        for name, cell in zip(columns, row, strict=True):
            if not name and cell.strip():
                hint = f"the first of its cells: '{cell.strip()}'"
                yield Problem(path, line, 1, "a column without a name is not used", hint, "notice")
                return
