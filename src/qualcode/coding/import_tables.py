"""User tables: split from bulk."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem, did_you_mean
from qualcode.files import open_binary, open_table_stream, read_csv, read_text

CODING_IMPORT_COLUMNS = ("transcript", "quote", "code", "coder", "turn", "sentence", "start", "end", "memo")


DONE_IMPORT_COLUMNS = ("transcript", "coder", "families")


_UNSUPPORTED_SUFFIXES = frozenset({".xls", ".xlsm", ".ods", ".numbers"})


MAX_OFFSET_DIGITS = 12
"""More digits than any place in a text has."""


@dataclass(frozen=True)
class ImportResult:
    """What became of a table of codings."""

    added: int
    already_present: int
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    counts_by_coder: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a table of the user's, with its line."""

    path: str
    number: int
    cells: Mapping[str, str]

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem at this line."""
        return Problem(self.path, self.number, 0, message, hint)


def read_import_table(
    path: Path, *, columns: Sequence[str], required: Sequence[str]
) -> tuple[list[ImportRow], list[Problem]]:
    """Read a CSV, Excel, Parquet or JSON-lines table; unknown columns are told, missing ones refused."""
    suffix = path.suffix.lower()
    if suffix in _UNSUPPORTED_SUFFIXES:
        raise OperationError(
            f"{path}: this kind of workbook is not read: save it as .xlsx, or the sheet as CSV (UTF-8)"
        )
    if suffix in {".xlsx", ".parquet"}:
        lines, problems = _read_sheet_rows(path)
    elif suffix in {".jsonl", ".ndjson", ".json"}:
        lines, problems = _read_json_rows(path, read_text(path).text)
    else:
        lines, problems = _read_csv_rows(path, read_text(path).text)
    present = {name for line in lines for name in line.cells}
    missing = [name for name in required if lines and name not in present]
    if missing:
        hint = next(filter(None, (did_you_mean(name, present - set(columns)) for name in missing)), "")
        problems.append(Problem(str(path), 1, 0, f"there is no column {', '.join(map(repr, missing))}", hint))
    unknown = sorted(present - set(columns))
    if unknown:
        said = f"columns not used: {', '.join(unknown)}"
        problems.append(Problem(str(path), 1, 0, said, f"known are {', '.join(columns)}", "notice"))
    if not lines and not problems:
        problems.append(Problem(str(path), 1, 0, "the table has no rows"))
    return lines, problems


def _read_csv_rows(path: Path, text: str) -> tuple[list[ImportRow], list[Problem]]:
    table = read_csv(text, display_path=str(path), known_columns={*CODING_IMPORT_COLUMNS, *DONE_IMPORT_COLUMNS})
    return [ImportRow(str(path), line, cells) for line, cells in table.rows], list(table.problems)


def _read_sheet_rows(path: Path) -> tuple[list[ImportRow], list[Problem]]:
    known = {*CODING_IMPORT_COLUMNS, *DONE_IMPORT_COLUMNS}
    with open_binary(path) as stream:
        sheet = open_table_stream(stream, display_path=str(path))
        columns = [name.lower() if name.lower() in known else name for name in sheet.columns]
        lines = [
            ImportRow(str(path), line, _cells_by_column(columns, cells, sheet.unnamed_positions))
            for line, cells in sheet.rows()
        ]
    return lines, [Problem(str(path), 0, 0, said, "", "notice") for said in sheet.notices]


def _cells_by_column(columns: Sequence[str], cells: Sequence[str], unnamed: Collection[int]) -> dict[str, str]:
    """Return the cells of a row by column, blank ones of columns without a name left out."""
    rows = enumerate(zip(columns, cells, strict=True))
    return {name: cell for position, (name, cell) in rows if cell or position not in unnamed}


def _read_json_rows(path: Path, text: str) -> tuple[list[ImportRow], list[Problem]]:
    lines: list[ImportRow] = []
    problems: list[Problem] = []
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            cells = json.loads(raw)
            json.dumps(cells, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
        except (ValueError, RecursionError) as error:
            problems.append(
                Problem(str(path), number, 0, f"not JSON: {getattr(error, 'msg', error)}", "one object a line")
            )
            continue
        if not isinstance(cells, dict):
            problems.append(Problem(str(path), number, 0, "not a JSON object", "one object a line"))
            continue
        lines.append(
            ImportRow(str(path), number, {key.strip().lower(): _cell_text(value) for key, value in cells.items()})
        )
    return lines, problems


def _cell_text(value: Any) -> str:
    return "" if value is None else ";".join(map(str, value)) if isinstance(value, list) else str(value)
