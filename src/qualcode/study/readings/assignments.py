"""Who is to code which transcript: the table ``assignments.csv`` beside the settings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import Problem
from qualcode.files import guard_cell, read_csv, read_text, unguard_cell, write_atomically

ASSIGNMENTS_FILE = "assignments.csv"
_COLUMNS = ("transcript", "coder", "overlap")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A coder is to code a transcript."""

    transcript: str
    coder: str
    is_overlap: bool
    """Whether others are to code it as well, for agreement."""


def read_assignments(root: Path) -> tuple[list[Assignment], list[Problem]]:
    """Return the rows of the table with their problems; nothing if there is no table.

    Raises
    ------
    OperationError
        If the file cannot be read.
    """
    path = root / ASSIGNMENTS_FILE
    if not path.is_file():
        return [], []
    table = read_csv(read_text(path).text, display_path=ASSIGNMENTS_FILE, known_columns=set(_COLUMNS))
    problems = list(table.problems)
    missing = [name for name in _COLUMNS[:2] if name not in table.columns]
    if missing:
        names = ", ".join(map(repr, missing))
        return [], [*problems, Problem(ASSIGNMENTS_FILE, 1, 0, f"there is no column {names}")]
    assignments: dict[tuple[str, str], Assignment] = {}
    for line, cells in table.rows:
        transcript, coder = unguard_cell(cells["transcript"].strip()), cells["coder"].strip()
        if not transcript or not coder:
            problems.append(Problem(ASSIGNMENTS_FILE, line, 0, "a row needs a transcript and a coder"))
        elif (transcript, coder) in assignments:
            problems.append(Problem(ASSIGNMENTS_FILE, line, 0, f"{transcript} is assigned to {coder} twice"))
        else:
            is_overlap = bool(cells.get("overlap", "").strip())
            assignments[transcript, coder] = Assignment(transcript, coder, is_overlap)
    return list(assignments.values()), problems


def write_assignments(root: Path, assignments: Iterable[Assignment]) -> Path:
    """Write the table, in the given order; return its path."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    # People open it in a spreadsheet, where a name may be a formula.
    writer.writerows((guard_cell(one.transcript), one.coder, "yes" if one.is_overlap else "") for one in assignments)
    return write_atomically(root / ASSIGNMENTS_FILE, stream.getvalue())
