"""The transcripts of a study by id, each read from its source when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from qualcode.errors import OperationError, Problem
from qualcode.model import ReportProgress, Transcript, ignore_progress
from qualcode.study.case_table import problem_from_error
from qualcode.study.source_files import duplicate_source_problem

ReadSource = Callable[[str], Iterator[Transcript]]
"""Reads the transcripts of the source with this name; raises `OperationError` where it cannot be read."""


class TranscriptStore(Mapping[str, Transcript]):
    """Transcripts by id, in the order of their sources.

    Looking up one id reads that source only; iterating, counting and `problems` read all. No source is read twice.
    """

    def __init__(
        self,
        sources: Mapping[str, Path],
        root: Path,
        read_source: ReadSource,
        report_progress: ReportProgress = ignore_progress,
    ) -> None:
        self._sources = sources
        self._report_progress = report_progress
        self._root = root
        self._read_source = read_source
        self._read: dict[str, Mapping[str, Transcript]] = {}
        self._problem_of: dict[str, Problem] = {}

    def __getitem__(self, transcript_id: str) -> Transcript:
        if not self.is_complete:
            # The rows of a table are transcripts "source#row", and both a source and a row may have "#" in the name.
            parts = transcript_id.split("#")
            prefixes = ("#".join(parts[:count]) for count in range(1, len(parts) + 1))
            sources = [source for source in prefixes if source in self._sources]
            if len(sources) < 2:
                return self._transcripts_of(sources[0] if sources else "")[transcript_id]
        return self._by_id[transcript_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def is_complete(self) -> bool:
        """Whether all sources have been read."""
        return "_merged" in self.__dict__

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Sources that cannot be read, and transcripts that have two sources."""
        return self._merged[1]

    @property
    def _by_id(self) -> Mapping[str, Transcript]:
        return self._merged[0]

    @cached_property
    def _merged(self) -> tuple[dict[str, Transcript], tuple[Problem, ...]]:
        by_id: dict[str, Transcript] = {}
        problems: list[Problem] = []
        for number, source in enumerate(self._sources, 1):
            transcripts = self._transcripts_of(source)
            self._report_progress("reading transcripts", number, len(self._sources))
            if source in self._problem_of:
                problems.append(self._problem_of[source])
            for transcript_id, transcript in transcripts.items():
                first = by_id.setdefault(transcript_id, transcript)
                if first is not transcript:
                    other_name = first.path.rpartition("/")[2]
                    problems.append(duplicate_source_problem(transcript.path, transcript_id, other_name))
        return by_id, tuple(problems)

    def _transcripts_of(self, source: str) -> Mapping[str, Transcript]:
        """Return the transcripts of one source by id; none where it is missing or cannot be read to its end."""
        if source not in self._read:
            try:
                transcripts = self._read_source(source) if source in self._sources else ()
                self._read[source] = {transcript.id: transcript for transcript in transcripts}
            except OperationError as error:
                self._read[source] = {}
                self._problem_of[source] = problem_from_error(error, self._sources[source], self._root)
        return self._read[source]
