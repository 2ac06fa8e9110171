"""Reads the transcripts of a study as pages, all or one share of them, and holds none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualcode.errors import Problem, Refused
from qualcode.model import Transcript
from qualcode.project.cases import problem_of
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.suggest.keeping import Placed, Where

_TURNS = 2_000
"""Turns on a page, or a few more: a transcript is never cut."""


class Broken(Exception):
    """A table that broke off half-way: none of it is used, so that reading begins anew without it."""

    def __init__(self, name: str, problem: Problem) -> None:
        super().__init__()
        self.name = name
        self.problem = problem


@dataclass(frozen=True)
class Share:
    """Which part of all transcripts: of ``of`` equal ones the one with this number, counted from 0."""

    number: int = 0
    of: int = 1

    def wants(self, source: int) -> Callable[[int], bool]:
        """Return what tells the rows of a source that belong to this share."""
        from qualcode.suggest.keeping import BLOCK

        return lambda row: (source + row // BLOCK) % self.of == self.number

    def row(self, source: int, place: int) -> int:
        """Return the row, counted from 0, of a transcript by its place among those of the source in this share."""
        from qualcode.suggest.keeping import BLOCK

        first = (self.number - source) % self.of
        return (first + place // BLOCK * self.of) * BLOCK + place % BLOCK


@dataclass
class Reading:
    """One reading of a share of a study, with what was wrong."""

    study: Study
    share: Share
    broken: Mapping[str, Problem] = field(default_factory=dict)
    """Tables that are known to break off."""
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    """What is wrong, with the source's number."""

    def pages(self) -> Iterator[Placed]:
        """Yield the participants' turns of the share in pages."""
        from qualcode.suggest.keeping import Placed
        from qualcode.suggest.pages import Page

        where: list[Where] = []
        some: list[Transcript] = []
        for place, transcript in self._transcripts():
            some.append(transcript)
            where += [place] * len(transcript.participants)
            if len(where) >= _TURNS:
                yield Placed(where, Page.of(some))
                where, some = [], []
        if where:
            yield Placed(where, Page.of(some))

    def _transcripts(self) -> Iterator[tuple[Where, Transcript]]:
        sources = self.study.sources[0]
        for source, name in enumerate(sources):
            if name in self.broken:
                self.problems.append((source, self.broken[name]))
                continue
            taken = 0
            try:
                for place, transcript in enumerate(self.study.read(name, rows=self.share.wants(source))):
                    if transcript.id != name and transcript.id in sources:
                        self.problems.append((source, _second(transcript, sources[transcript.id].name)))
                        continue
                    yield (source, self.share.row(source, place)), transcript
                    taken += 1
            except Refused as error:
                problem = problem_of(error, sources[name], self.study.root)
                if taken:
                    raise Broken(name, problem) from None
                self.problems.append((source, problem))


def _second(other: Transcript, held: str) -> Problem:
    return Problem(other.path, 0, 0, f"second source of transcript '{other.id}'", f"beside {held}: rename one")
