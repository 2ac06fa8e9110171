"""Reads the transcripts of a study, all or a share of them, as pages of participants' turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from qualcode.errors import OperationError, Problem
from qualcode.model import Transcript
from qualcode.study.case_table import problem_from_error
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.cache_files import PlacedPage, SourceRow
from qualcode.suggest.cues.turn_pages import Page

_BLOCK_ROWS = 2_000
"""Consecutive rows of a table that one process reads, where several read a study."""
_PAGE_TURNS = 2_000
"""Turns of a page at least: a transcript is never divided."""


class BrokenTable(Exception):
    """A table could not be read to its end: none of it is used, so that reading begins again without it."""

    def __init__(self, name: str, problem: Problem) -> None:
        super().__init__()
        self.name = name
        self.problem = problem


@dataclass(frozen=True)
class Share:
    """One of ``count`` equal parts of all transcripts, by its number from 0; tables are divided in blocks of rows."""

    number: int = 0
    count: int = 1

    def make_row_filter(self, source: int) -> Callable[[int], bool]:
        """Return a test of whether a row of a source belongs to this share."""
        # Plus the number of the source, so that sources of one transcript are divided among the processes too.
        return lambda row: (source + row // _BLOCK_ROWS) % self.count == self.number

    def source_row(self, source: int, place: int) -> int:
        """Return the row of a transcript in its source, by its place among those of the source in this share."""
        # The inverse of make_row_filter: the reader yields the rows of a share without their numbers in the source.
        first = (self.number - source) % self.count
        return (first + place // _BLOCK_ROWS * self.count) * _BLOCK_ROWS + place % _BLOCK_ROWS


@dataclass
class ShareReader:
    """Reads a share of a study once, and collects the problems of its sources."""

    study: Study
    share: Share
    broken_tables: Mapping[str, Problem] = field(default_factory=dict)
    """Tables that are known to be broken."""
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    """Problems, each with the number of its source."""

    def pages(self) -> Iterator[PlacedPage]:
        """Yield the participants' turns of the share in pages."""
        source_rows: list[SourceRow] = []
        batch: list[Transcript] = []
        for source_row, transcript in self._transcripts():
            batch.append(transcript)
            source_rows += [source_row] * len(transcript.participant_turns)
            if len(source_rows) >= _PAGE_TURNS:
                yield PlacedPage(source_rows, Page.from_transcripts(batch))
                source_rows, batch = [], []
        if source_rows:
            yield PlacedPage(source_rows, Page.from_transcripts(batch))

    def _transcripts(self) -> Iterator[tuple[SourceRow, Transcript]]:
        sources = self.study.sources_and_problems[0]
        for source, name in enumerate(sources):
            if name in self.broken_tables:
                self.problems.append((source, self.broken_tables[name]))
                continue
            count = 0
            try:
                for place, transcript in enumerate(self._read_source(source, name)):
                    # A row of a table has the id of another source, which takes precedence.
                    if transcript.id != name and transcript.id in sources:
                        self.problems.append((source, _duplicate_problem(transcript, sources[transcript.id].name)))
                        continue
                    yield (source, self.share.source_row(source, place)), transcript
                    count += 1
            except OperationError as error:
                problem = problem_from_error(error, sources[name], self.study.root)
                # Some rows have been yielded and written already, so reading must begin again.
                if count:
                    raise BrokenTable(name, problem) from None
                self.problems.append((source, problem))

    def _read_source(self, source: int, name: str) -> Iterable[Transcript]:
        path = self.study.sources_and_problems[0][name].relative_to(self.study.root).as_posix()
        if path in self._loaded:
            return self._loaded[path]
        return self.study.read_transcripts(name, rows=self.share.make_row_filter(source))

    @cached_property
    def _loaded(self) -> Mapping[str, list[Transcript]]:
        """Transcripts that the study has in memory anyway, by the path of their source, if it has no problem."""
        # Loading all in every process would cancel the gain of several.
        if self.share.count > 1 or self.study.is_large:
            return {}
        loaded: dict[str, list[Transcript]] = {}
        for transcript in self.study.transcripts.values():
            loaded.setdefault(transcript.path, []).append(transcript)
        for problem in self.study.transcript_problems:
            # Read again, so that the problem is reported by this search too.
            loaded.pop(problem.path, None)
        return loaded


def _duplicate_problem(transcript: Transcript, other: str) -> Problem:
    message = f"second source of transcript '{transcript.id}'"
    return Problem(transcript.path, 0, 0, message, f"beside {other}: rename one")
