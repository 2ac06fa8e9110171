"""The rows by which a merge reports what it does, and what a person must look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qualcode.errors import Problem, ProblemLevel

MERGE_COLUMNS = "kind path message hint level".split()

MergeKind = Literal[
    "events",
    "source",
    "text",
    "renamed",
    "missing",
    "code",
    "codebook",
    "settings",
    "case",
    "assignment",
    "damaged",
    "conflict copy",
]


@dataclass(frozen=True, slots=True)
class MergeRow:
    """Something that a merge does (a notice), or that a person must look at (an error)."""

    kind: MergeKind
    path: str
    message: str
    hint: str = ""
    level: ProblemLevel = "error"


def row_of_problem(problem: Problem) -> MergeRow:
    """Return the row of something in a copy that cannot be read."""
    return MergeRow("damaged", problem.place, problem.message, problem.hint, problem.level)


def merge_table(rows: Iterable[MergeRow]) -> list[dict[str, Any]]:
    """Return rows as those of a table, those that a person must look at first."""
    return [asdict(row) for row in sorted(rows, key=lambda row: row.level != "error")]
