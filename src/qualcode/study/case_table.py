"""The table of cases beside the transcripts: which file it is, what it says, whom it claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from qualcode.errors import OperationError, Problem
from qualcode.files import TABLE_SUFFIXES, is_within
from qualcode.model import Case
from qualcode.transcripts import read_cases

_READ_ERROR = re.compile(r"(?P<path>\S.*?):(?:(?P<line>\d+):)? (?P<said>.+)", re.DOTALL)
"""The sentence of a file that cannot be read."""


def problem_from_error(error: OperationError, path: Path, root: Path) -> Problem:
    """Return a file that cannot be read as a problem among others."""
    said = _READ_ERROR.fullmatch(str(error))
    place = Path(said["path"]) if said else path
    shown = place.relative_to(root) if place.is_relative_to(root) else place
    return Problem(shown.as_posix(), int(said["line"] or 0) if said else 0, 0, said["said"] if said else str(error))


def is_case_table(shown: str) -> bool:
    """Tell whether a path is that of the table of cases, whatever kind of table it is."""
    return shown in {f"transcripts/cases{suffix}" for suffix in TABLE_SUFFIXES}


def group_by_shared_case(transcripts: Sequence[str], cases_of: Mapping[str, Sequence[Case]]) -> list[list[str]]:
    """Return transcripts with those that share a case with them, directly or through others, in their order.

    >>> together(["A", "B", "C"], {"A": [Case("ann")], "B": [], "C": [Case("ann")]})
    [['A', 'C'], ['B']]
    """
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def root(name: tuple[str, str]) -> tuple[str, str]:
        while (next_one := above.setdefault(name, name)) != name:
            above[name] = above[next_one]
            name = next_one
        return name

    for transcript in transcripts:
        for case in cases_of.get(transcript, ()):
            above[root(("case", case.id))] = root(("transcript", transcript))
    groups: dict[tuple[str, str], list[str]] = {}
    for transcript in transcripts:
        groups.setdefault(root(("transcript", transcript)), []).append(transcript)
    return list(groups.values())


class CaseTable:
    """The table of cases of a study, read once."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        paths = [folder / f"cases{suffix}" for suffix in TABLE_SUFFIXES]
        self._paths: Sequence[Path] = [path for path in paths if path.is_file() or path.is_symlink()] or paths[:1]

    @property
    def relative_path(self) -> str:
        """Its path within the study; that of ``cases.csv`` where there is none."""
        return self._paths[0].relative_to(self.root).as_posix()

    @cached_property
    def cases_and_problems(self) -> tuple[list[Case], list[Problem]]:
        """Its cases, and what is wrong with it."""
        cases, problems = self._read()
        return cases, [*problems, *self._extra_table_problems()]

    def _read(self) -> tuple[list[Case], list[Problem]]:
        path = self._paths[0]
        if path.is_symlink() and not is_within(path, self.root):
            return [], [
                Problem(self.relative_path, 0, 0, "a link that leaves the study is not followed", "copy the table")
            ]
        try:
            return read_cases(path, display_path=self.relative_path) if path.is_file() else ([], [])
        except OperationError as error:
            return [], [problem_from_error(error, path, self.root)]

    def _extra_table_problems(self) -> Iterator[Problem]:
        first, *others = self._paths
        for path in others:
            said = f"a second table of cases, which is not read beside {first.name}"
            yield Problem(path.relative_to(self.root).as_posix(), 0, 0, said, "remove one of them")

    @cached_property
    def cases_with_speakers(self) -> Mapping[str, list[Case]]:
        """The cases that claim speakers, by transcript."""
        claims: dict[str, list[Case]] = {}
        for case in self.cases_and_problems[0]:
            for name in case.transcripts if case.speakers else ():
                claims.setdefault(name, []).append(case)
        return claims
