"""The cases of a study and their attributes, from ``cases.csv``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from qualcode.errors import Problem, did_you_mean
from qualcode.files import read_text
from qualcode.model import Case


def read_cases(path: Path, *, shown: str) -> tuple[list[Case], list[Problem]]:
    """Read cases: a column ``case``, one column an attribute, and if wanted ``transcripts`` (ids, ``;`` between).

    Without that column a case has the transcript of its own name. Comma, semicolon and tab are understood.
    """
    rows, faults = _rows(read_text(path).text, shown)
    if not rows or not any(cell.strip() for cell in rows[0][1]):
        return [], faults or [Problem(shown, 1, 1, "the file is empty", "its first line names the columns: case, ...")]
    columns = [cell.strip() for cell in rows[0][1]]
    problems = _column_problems(columns, shown)
    if problems:
        return [], problems
    cases: dict[str, Case] = {}
    for line, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        read = _case(columns, row)
        if isinstance(read, Case) and read.id not in cases:
            cases[read.id] = read
            continue
        said, hint = (f"case '{read.id}' is given twice", "") if isinstance(read, Case) else read
        problems.append(Problem(shown, line, 1, said, hint))
    return list(cases.values()), [*problems, *faults]


def _rows(text: str, shown: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """Return all rows with the line each begins on; a cell in quotes may have several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        return rows, [Problem(shown, line, 1, f"not CSV: {error}", "is a quotation mark left open?")]
    return rows, []


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _column_problems(columns: Sequence[str], shown: str) -> list[Problem]:
    if "case" not in columns:
        hint = did_you_mean("case", columns) or f"found: {', '.join(columns)}"
        return [Problem(shown, 1, 1, "there is no column 'case'", hint)]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    return [Problem(shown, 1, 1, f"column '{name}' is given twice") for name in twice]


def _case(columns: Sequence[str], row: Sequence[str]) -> Case | tuple[str, str]:
    """Return the case of a row, or what is wrong with it and a hint."""
    if len(row) != len(columns):
        message = f"{len(row)} cells, but the first line names {len(columns)} columns"
        return message, "is a comma inside a cell without quotes?"
    values = {column: cell.strip() for column, cell in zip(columns, row, strict=True)}
    name = values.pop("case")
    if not name:
        return "the case has no name", ""
    listed = values.pop("transcripts", "")
    return Case(name, values, tuple(filter(None, re.split(r"\s*[;|]\s*", listed.strip()))) or (name,))
