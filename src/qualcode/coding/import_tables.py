"""Tables that users import: their columns, their rows with line numbers, and the result of an import."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import FileProblemsError, OperationError, Problem, QualcodeError, did_you_mean, format_count
from qualcode.files import (
    STANDARD_INPUT,
    is_guarded,
    open_binary,
    open_table_stream,
    parse_json,
    read_csv,
    read_text,
    unguard_cell,
)

CODING_IMPORT_COLUMNS = ("transcript", "quote", "code", "coder", "turn", "sentence", "start", "end", "memo")
RECODING_IMPORT_COLUMNS = ("id", "new_code")
"""Columns of a table of codings that are decided again."""
DONE_IMPORT_COLUMNS = ("transcript", "coder", "families")
# Files with an unknown suffix are read as CSV, which would end in an unclear message for these.
_UNSUPPORTED_SUFFIXES = frozenset({".xls", ".xlsm", ".ods", ".numbers"})
_KNOWN_COLUMNS = {*CODING_IMPORT_COLUMNS, *RECODING_IMPORT_COLUMNS, *DONE_IMPORT_COLUMNS}
MAX_OFFSET_DIGITS = 12
"""Longest number accepted as an offset; no text has a longer one."""


@dataclass(frozen=True)
class ImportResult:
    """How many rows of a table were imported or present already, and the problems of the others."""

    added: int
    already_present: int
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    counts_by_coder: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = [f"{self.added:,} added", f"{self.already_present:,} already present"]
        return f"ImportResult({', '.join([*counts, format_count(len(self.problems), 'problem')])})"

    def __str__(self) -> str:
        return "\n".join([repr(self), *_list_first(self.problems), *map(str, self.notices), *self.notes])


_MAX_LISTED = 20
"""Problems that a message or text lists: a wrong table may have a hundred thousand."""


def _list_first(problems: Sequence[Problem]) -> list[str]:
    more = len(problems) - _MAX_LISTED
    return [*map(str, problems[:_MAX_LISTED]), *([f"and {more:,} more, see .problems"] if more > 0 else [])]


class ImportProblemsError(FileProblemsError):
    """Nothing was imported, since a table has problems; ``result`` is the `ImportResult` with all of them."""

    def __init__(self, result: ImportResult, *, remedy: str) -> None:
        self.result, self.problems = result, result.problems
        QualcodeError.__init__(self, "\n".join([*_list_first(self.problems), f"Nothing was imported: {remedy}."]))


ImportTable = Path | Sequence[Mapping[str, Any]]
"""A file, or the rows of a DataFrame."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of an imported table with its line number."""

    path: str
    number: int
    cells: Mapping[str, str]

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem at this line."""
        return Problem(self.path, self.number, 0, message, hint)


def to_import_table(table: str | Path | Any) -> ImportTable:
    """Return what users give as a table, a file or a DataFrame, for `read_import_table`."""
    if isinstance(table, str | Path):
        return Path(table)
    from qualcode.tables import list_records

    return list_records(table)


def name_table(table: ImportTable) -> str:
    """Return how messages name a table."""
    if table == STANDARD_INPUT:
        return "stdin"
    return str(table) if isinstance(table, Path) else "DataFrame"


def read_import_table(
    table: ImportTable, *, columns: Sequence[str], required: Sequence[str]
) -> tuple[list[ImportRow], list[Problem]]:
    """Return the rows of a CSV, Excel, Parquet or JSON-lines table or of a DataFrame, and its problems.

    A missing required column is an error, an unknown column a notice.

    Raises
    ------
    OperationError
        If the file cannot be read or is of another type.
    """
    rows, problems = read_table_rows(table)
    if rows or not problems:
        problems += check_columns(table, rows, columns=columns, required=required)
    return rows, problems


def read_table_rows(table: ImportTable) -> tuple[list[ImportRow], list[Problem]]:
    """Return the rows of a table, whatever its columns, and what cannot be read of them.

    Raises
    ------
    OperationError
        If the file cannot be read or is of another type.
    """
    return _read_file_rows(table) if isinstance(table, Path) else (_number_rows(table), [])


def check_columns(
    table: ImportTable, rows: Sequence[ImportRow], *, columns: Sequence[str], required: Sequence[str]
) -> list[Problem]:
    """Return the problems of a table's columns: a missing required one is an error, an unknown one a notice."""
    problems: list[Problem] = []
    present = {name for row in rows for name in row.cells}
    missing = [name for name in required if rows and name not in present]
    if missing:
        hint = next(filter(None, (did_you_mean(name, present - set(columns)) for name in missing)), "")
        problems.append(Problem(name_table(table), 1, 0, f"there is no column {', '.join(map(repr, missing))}", hint))
    unknown = sorted(present - set(columns))
    if unknown:
        message = f"unknown columns are ignored: {', '.join(unknown)}"
        problems.append(Problem(name_table(table), 1, 0, message, f"known columns: {', '.join(columns)}", "notice"))
    if not rows and not problems:
        problems.append(Problem(name_table(table), 1, 0, "the table has no rows"))
    return problems


def _number_rows(records: Sequence[Mapping[str, Any]]) -> list[ImportRow]:
    return [
        ImportRow("DataFrame", number, {name.strip().lower(): _cell_text(value) for name, value in row.items()})
        for number, row in enumerate(records, 1)
    ]


def _read_file_rows(path: Path) -> tuple[list[ImportRow], list[Problem]]:
    suffix = path.suffix.lower()
    if suffix in _UNSUPPORTED_SUFFIXES:
        raise OperationError(f"{path}: unsupported type of workbook: save it as .xlsx, or the sheet as CSV (UTF-8)")
    if suffix in {".xlsx", ".parquet"}:
        return _read_sheet_rows(path)
    if suffix in {".jsonl", ".ndjson", ".json"}:
        return _read_json_rows(path, read_text(path).text)
    text = read_text(path).text
    if path == STANDARD_INPUT and text.lstrip().startswith("{"):
        return _read_json_rows(path, text)
    return _read_csv_rows(path, text)


def _read_csv_rows(path: Path, text: str) -> tuple[list[ImportRow], list[Problem]]:
    table = read_csv(
        text,
        display_path=name_table(path),
        known_columns=_KNOWN_COLUMNS,
    )
    # Only if all cells are as `--csv-safe` writes them: elsewhere an apostrophe is a word's own.
    if all(is_guarded(cell) for _, cells in table.rows for cell in cells.values()):
        rows = [
            ImportRow(name_table(path), line, {name: unguard_cell(cell) for name, cell in cells.items()})
            for line, cells in table.rows
        ]
    else:
        rows = [ImportRow(name_table(path), line, cells) for line, cells in table.rows]
    return rows, list(table.problems)


def _read_sheet_rows(path: Path) -> tuple[list[ImportRow], list[Problem]]:
    with open_binary(path) as stream:
        sheet = open_table_stream(stream, display_path=name_table(path))
        columns = [name.lower() if name.lower() in _KNOWN_COLUMNS else name for name in sheet.columns]
        rows = [
            ImportRow(name_table(path), line, _cells_by_column(columns, cells, sheet.unnamed_positions))
            for line, cells in sheet.rows()
        ]
    return rows, [Problem(name_table(path), 0, 0, notice, "", "notice") for notice in sheet.notices]


def _cells_by_column(columns: Sequence[str], cells: Sequence[str], unnamed: Collection[int]) -> dict[str, str]:
    """Return the cells of a row by column name, without blank cells of unnamed columns."""
    pairs = enumerate(zip(columns, cells, strict=True))
    return {name: cell for position, (name, cell) in pairs if cell or position not in unnamed}


def _read_json_rows(path: Path, text: str) -> tuple[list[ImportRow], list[Problem]]:
    rows: list[ImportRow] = []
    problems: list[Problem] = []
    # Not `splitlines`, which also splits at U+2028 and others that a JSON string may contain.
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            cells = parse_json(raw)
            json.dumps(cells, ensure_ascii=False).encode()  # half a surrogate pair is valid JSON, but no text
        except ValueError as error:
            problems.append(
                Problem(name_table(path), number, 0, f"not JSON: {getattr(error, 'msg', error)}", "one object a line")
            )
            continue
        if not isinstance(cells, dict):
            problems.append(Problem(name_table(path), number, 0, "not a JSON object", "one object a line"))
            continue
        rows.append(
            ImportRow(
                name_table(path), number, {key.strip().lower(): _cell_text(value) for key, value in cells.items()}
            )
        )
    return rows, problems


def _cell_text(value: Any) -> str:
    return "" if value is None else ";".join(map(str, value)) if isinstance(value, list) else str(value)
