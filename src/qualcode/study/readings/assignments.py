"""Who is to code which transcript: the table ``assignments.csv`` beside the settings."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from qualcode.errors import Problem
from qualcode.files import CsvTable, guard_cell, read_csv, read_text, unguard_cell, write_atomically

ASSIGNMENTS_FILE = "assignments.csv"
_COLUMNS = ("transcript", "coder", "overlap")
_OVERLAPS = dict.fromkeys(("yes", "y", "true", "1", "x"), True) | dict.fromkeys(("no", "n", "false", "0", ""), False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A coder is to code a transcript."""

    transcript: str
    coder: str
    is_overlap: bool
    """Whether others are to code it as well, for agreement; so too if the cell cannot be read, which is a problem."""


def read_assignments(root: Path, transcripts: Collection[str]) -> tuple[list[Assignment], list[Problem]]:
    """Return the rows of the table with their problems; nothing if there is no table.

    Blanks around an id are left out, unless one of these transcripts has them in its id.

    Raises
    ------
    OperationError
        If the file cannot be read.
    """
    if not (root / ASSIGNMENTS_FILE).is_file():
        return [], []
    table = _read_table(root)
    problems = list(table.problems)
    missing = [name for name in _COLUMNS[:2] if name not in table.columns]
    if missing:
        names = ", ".join(map(repr, missing))
        return [], [*problems, Problem(ASSIGNMENTS_FILE, 1, 0, f"there is no column {names}")]
    assignments: dict[tuple[str, str], Assignment] = {}
    for line, cells in table.rows:
        given, coder = unguard_cell(cells["transcript"]), cells["coder"].strip()
        transcript = (
            given if given != given.strip() and given in transcripts else unguard_cell(cells["transcript"].strip())
        )
        is_overlap = _OVERLAPS.get(cells.get("overlap", "").strip().casefold())
        if not transcript or not coder:
            problems.append(Problem(ASSIGNMENTS_FILE, line, 0, "a row needs a transcript and a coder"))
        elif (transcript, coder) in assignments:
            problems.append(Problem(ASSIGNMENTS_FILE, line, 0, f"{transcript} is assigned to {coder} twice"))
            is_overlap = is_overlap is not False or assignments[transcript, coder].is_overlap
            assignments[transcript, coder] = Assignment(transcript, coder, is_overlap)
        else:
            if is_overlap is None:
                message = f"overlap is yes or no (or empty), not '{cells['overlap'].strip()}'"
                problems.append(Problem(ASSIGNMENTS_FILE, line, 0, message))
            assignments[transcript, coder] = Assignment(transcript, coder, is_overlap is not False)
    return list(assignments.values()), problems


def find_shared_transcripts(assignments: Iterable[Assignment], coder: str) -> frozenset[str]:
    """Return the transcripts, as `fold_name`, that a coder and others code: marked so, or assigned to several.

    Small and capital letters are the same, since a slip in the table would show a coder what others have coded.
    """
    coders: dict[str, set[str]] = defaultdict(set)
    marked: set[str] = set()
    for one in assignments:
        name = fold_name(one.transcript)
        coders[name].add(fold_name(one.coder))
        if one.is_overlap:
            marked.add(name)
    own = fold_name(coder)
    return frozenset(name for name, given in coders.items() if own in given and (name in marked or len(given) > 1))


def fold_name(name: str) -> str:
    """Return an id or a coder's name for a comparison in which case and blanks around it do not count."""
    return normalize("NFC", name.strip()).casefold()


def write_assignments(root: Path, assignments: Iterable[Assignment]) -> Path:
    """Write the table, in the given order, with the columns that people have added to it; return its path."""
    present = _read_table(root)
    columns = [*present.columns, *(name for name in _COLUMNS if name not in present.columns)]
    added = {_row_key(cells): cells for _, cells in present.rows}
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for one in assignments:
        # People open it in a spreadsheet, where a name may be a formula.
        row = {"transcript": guard_cell(one.transcript), "coder": one.coder, "overlap": "yes" if one.is_overlap else ""}
        writer.writerow({**added.get(_row_key(row), {}), **row})
    return write_atomically(root / ASSIGNMENTS_FILE, stream.getvalue())


def _read_table(root: Path) -> CsvTable:
    path = root / ASSIGNMENTS_FILE
    text = read_text(path).text if path.is_file() else ""
    return read_csv(text, display_path=ASSIGNMENTS_FILE, known_columns=set(_COLUMNS))


def _row_key(cells: Mapping[str, str]) -> tuple[str, str]:
    return cells.get("transcript", "").strip(), cells.get("coder", "").strip()
