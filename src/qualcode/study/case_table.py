"""The case table beside the transcripts: which file it is, its cases, and the speakers they claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from qualcode.errors import OperationError, Problem
from qualcode.files import TABLE_SUFFIXES, is_within
from qualcode.model import Case
from qualcode.transcripts import read_cases

_READ_ERROR = re.compile(r"(?P<path>\S.*?):(?:(?P<line>\d+):)? (?P<message>.+)", re.DOTALL)
"""Message of an error in reading a file."""


def problem_from_error(error: OperationError, path: Path, root: Path) -> Problem:
    """Return an error in reading a file as a problem, with the path relative to the study's root."""
    match = _READ_ERROR.fullmatch(str(error))
    file = Path(match["path"]) if match else path
    display_path = (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()
    return (
        Problem(display_path, int(match["line"] or 0), 0, match["message"])
        if match
        else Problem(display_path, 0, 0, str(error))
    )


def is_case_table(display_path: str) -> bool:
    """Return whether a path, relative to the study's root, is that of the case table."""
    return display_path in {f"transcripts/cases{suffix}" for suffix in TABLE_SUFFIXES}


def group_by_shared_case(transcripts: Sequence[str], cases_of: Mapping[str, Sequence[Case]]) -> list[list[str]]:
    """Return groups of transcripts that share a case, directly or through other transcripts, in the given order.

    >>> group_by_shared_case(["A", "B", "C"], {"A": [Case("ann")], "B": [], "C": [Case("ann")]})
    [['A', 'C'], ['B']]
    """
    parent: dict[tuple[str, str], tuple[str, str]] = {}  # a union-find forest over transcripts and cases

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while (above := parent.setdefault(node, node)) != node:
            # path halving, which keeps the trees flat
            parent[node] = parent[above]
            node = above
        return node

    for transcript in transcripts:
        for case in cases_of.get(transcript, ()):
            parent[root(("case", case.id))] = root(("transcript", transcript))
    groups: dict[tuple[str, str], list[str]] = {}
    for transcript in transcripts:
        groups.setdefault(root(("transcript", transcript)), []).append(transcript)
    return list(groups.values())


class CaseTable:
    """The case table of a study, read once."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        paths = [folder / f"cases{suffix}" for suffix in TABLE_SUFFIXES]
        self._paths: Sequence[Path] = [path for path in paths if path.is_file() or path.is_symlink()] or paths[:1]

    @property
    def relative_path(self) -> str:
        """Its path relative to the study's root; that of ``cases.csv`` if there is no table."""
        return self._paths[0].relative_to(self.root).as_posix()

    @cached_property
    def cases_and_problems(self) -> tuple[list[Case], list[Problem]]:
        """Its cases and its problems."""
        cases, problems = self._read()
        return cases, [*problems, *self._extra_table_problems()]

    def _read(self) -> tuple[list[Case], list[Problem]]:
        path = self._paths[0]
        if path.is_symlink() and not is_within(path, self.root):
            return [], [
                Problem(
                    self.relative_path, 0, 0, "this link points outside the study and is not followed", "copy the table"
                )
            ]
        try:
            return read_cases(path, display_path=self.relative_path) if path.is_file() else ([], [])
        except OperationError as error:
            return [], [problem_from_error(error, path, self.root)]

    def _extra_table_problems(self) -> Iterator[Problem]:
        first, *others = self._paths
        for path in others:
            message = f"a second case table; only {first.name} is read"
            yield Problem(path.relative_to(self.root).as_posix(), 0, 0, message, "remove one of them")

    @cached_property
    def cases_with_speakers(self) -> Mapping[str, list[Case]]:
        """The cases whose speakers are named, by transcript."""
        cases_by_transcript: dict[str, list[Case]] = {}
        for case in self.cases_and_problems[0]:
            for name in case.transcripts if case.speakers else ():
                cases_by_transcript.setdefault(name, []).append(case)
        return cases_by_transcript
