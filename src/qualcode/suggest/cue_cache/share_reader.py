"""Reads the transcripts of a study as pages, all or one share of them, and holds none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualcode.errors import OperationError, Problem
from qualcode.model import Transcript
from qualcode.study.case_table import problem_from_error
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.suggest.cue_cache.cache_files import PlacedPage, SourceRow

_TURNS = 2_000
"""Turns on a page, or a few more: a transcript is never cut."""


class BrokenTable(Exception):
    """A table that broke off half-way: none of it is used, so that reading begins anew without it."""

    def __init__(self, name: str, problem: Problem) -> None:
        super().__init__()
        self.name = name
        self.problem = problem


@dataclass(frozen=True)
class Share:
    """Which part of all transcripts: of ``of`` equal ones the one with this number, counted from 0."""

    number: int = 0
    count: int = 1

    def make_row_filter(self, source: int) -> Callable[[int], bool]:
        """Return what tells the rows of a source that belong to this share."""
        from qualcode.suggest.cue_cache.cache_files import BLOCK

        return lambda row: (source + row // BLOCK) % self.count == self.number

    def source_row(self, source: int, place: int) -> int:
        """Return the row, counted from 0, of a transcript by its place among those of the source in this share."""
        from qualcode.suggest.cue_cache.cache_files import BLOCK

        first = (self.number - source) % self.count
        return (first + place // BLOCK * self.count) * BLOCK + place % BLOCK


@dataclass
class ShareReader:
    """One reading of a share of a study, with what was wrong."""

    study: Study
    share: Share
    broken_tables: Mapping[str, Problem] = field(default_factory=dict)
    """Tables that are known to break off."""
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    """What is wrong, with the source's number."""

    def pages(self) -> Iterator[PlacedPage]:
        """Yield the participants' turns of the share in pages."""
        from qualcode.suggest.cue_cache.cache_files import PlacedPage
        from qualcode.suggest.cues.turn_pages import Page

        where: list[SourceRow] = []
        some: list[Transcript] = []
        for place, transcript in self._transcripts():
            some.append(transcript)
            where += [place] * len(transcript.participant_turns)
            if len(where) >= _TURNS:
                yield PlacedPage(where, Page.from_transcripts(some))
                where, some = [], []
        if where:
            yield PlacedPage(where, Page.from_transcripts(some))

    def _transcripts(self) -> Iterator[tuple[SourceRow, Transcript]]:
        sources = self.study.sources_and_problems[0]
        for source, name in enumerate(sources):
            if name in self.broken_tables:
                self.problems.append((source, self.broken_tables[name]))
                continue
            taken = 0
            try:
                for place, transcript in enumerate(
                    self.study.read_transcripts(name, rows=self.share.make_row_filter(source))
                ):
                    if transcript.id != name and transcript.id in sources:
                        self.problems.append((source, _duplicate_problem(transcript, sources[transcript.id].name)))
                        continue
                    yield (source, self.share.source_row(source, place)), transcript
                    taken += 1
            except OperationError as error:
                problem = problem_from_error(error, sources[name], self.study.root)
                if taken:
                    raise BrokenTable(name, problem) from None
                self.problems.append((source, problem))


def _duplicate_problem(other: Transcript, held: str) -> Problem:
    return Problem(other.path, 0, 0, f"second source of transcript '{other.id}'", f"beside {held}: rename one")
