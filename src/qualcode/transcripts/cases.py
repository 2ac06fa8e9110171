"""The cases of a study and their attributes, from ``cases.csv``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from unicodedata import normalize

from qualcode.errors import Problem, did_you_mean
from qualcode.files import read_csv, read_text
from qualcode.model import Case


def read_cases(path: Path, *, shown: str) -> tuple[list[Case], list[Problem]]:
    """Read cases: a column ``case``, one column an attribute, and if wanted ``transcripts`` (ids, ``;`` between).

    Without that column a case has the transcript of its own name. Comma, semicolon and tab are understood.
    """
    table = read_csv(read_text(path).text, shown=shown, known=("case", "transcripts"))
    if "case" not in table.columns:
        broken = table.problems and not table.columns
        return [], [*([] if broken else [_no_case(table.columns, shown)]), *table.problems]
    cases: dict[str, Case] = {}
    problems = list(table.problems)
    for line, cells in table.rows:
        case = _case(cells)
        if not case.id:
            problems.append(Problem(shown, line, 1, "the case has no name"))
        elif case.id in cases:
            problems.append(Problem(shown, line, 1, f"case '{case.id}' is given twice"))
        else:
            cases[case.id] = case
    return list(cases.values()), sorted(problems)


def _no_case(columns: Sequence[str], shown: str) -> Problem:
    if not columns:
        return Problem(shown, 1, 1, "the file is empty", "its first line names the columns: case, ...")
    hint = did_you_mean("case", columns) or f"found: {', '.join(columns)}"
    return Problem(shown, 1, 1, "there is no column 'case'", hint)


def _case(cells: Mapping[str, str]) -> Case:
    """Return the case of a row; its name may be missing."""
    values = {column: cell.strip() for column, cell in cells.items()}
    name = values.pop("case")
    listed = filter(None, re.split(r"\s*[;|]\s*", values.pop("transcripts", "")))
    ids = [normalize("NFC", one) for one in (list(listed) or [name])]  # as ids of transcripts are
    return Case(name, values, tuple(dict.fromkeys(ids)))
