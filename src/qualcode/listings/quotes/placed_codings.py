"""The codings of one coder as arrays of spans, and how many of them overlap, share a unit, or are near one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from qualcode.anchors import turn_at
from qualcode.listings.coding_rows import coded_cases
from qualcode.model import Coding, Transcript, Turn, Unit
from qualcode.segments import segment_transcript
from qualcode.study.study import Study

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Spans:
    """Half-open spans of shape (codings,) on one line of numbers, on which transcripts follow one another."""

    start: Ints
    end: Ints
    """Greater than ``start``, except for codings without a place on the line, which overlap nothing."""

    @property
    def has_place(self) -> Flags:
        """Which codings have a place."""
        return self.start < self.end

    def count_overlapping(self, others: Flags, *, distance: int = 0) -> Ints:
        """Return for each coding how many of the others (a mask) overlap it, or are at most ``distance`` numbers away.

        Of those that begin before the end of a span, the ones that end before its start do not overlap it; sorted, both
        are counted by binary search. A coding overlaps itself.
        """
        others = others & self.has_place
        starts, ends = np.sort(self.start[others]), np.sort(self.end[others])
        begun = np.searchsorted(starts, self.end + distance, "left")
        ended = np.searchsorted(ends, self.start - distance, "right")
        return np.where(self.has_place, begun - ended, 0)


@dataclass(frozen=True)
class PlacedCodings:
    """Codings of one coder that have a place in the current texts, ordered by transcript."""

    study: Study
    coder: str
    codings: Sequence[Coding]

    @cached_property
    def transcripts(self) -> list[Transcript]:
        """The transcripts with codings, in the order in which they follow one another on a line."""
        return [self.study.transcripts[name] for name in dict.fromkeys(coding.transcript for coding in self.codings)]

    @cached_property
    def _transcript(self) -> Ints:
        """The position of each coding's transcript in ``transcripts``."""
        number = {transcript.id: position for position, transcript in enumerate(self.transcripts)}
        return self._numbers(number[coding.transcript] for coding in self.codings)

    def _numbers(self, values: Iterable[int]) -> Ints:
        return np.fromiter(values, np.int64, len(self.codings))

    @cached_property
    def text_offset(self) -> dict[str, int]:
        """Where the text of each transcript begins on the line of characters."""
        lengths = [len(transcript.text) for transcript in self.transcripts]
        # A character between two texts keeps the last coding of one from touching the first of the next.
        starts = accumulate((length + 1 for length in lengths), initial=0)
        return {transcript.id: start for transcript, start in zip(self.transcripts, starts, strict=False)}

    @cached_property
    def characters(self) -> Spans:
        """The spans of the codings in code points."""
        offset = self._numbers(self.text_offset[coding.transcript] for coding in self.codings)
        start, end = (self._numbers(map(attrgetter(side), self.codings)) for side in ("start", "end"))
        return Spans(start + offset, end + offset)

    def turns(self, gap: int) -> Spans:
        """Return the spans of the codings in turns of all speakers, transcripts ``gap`` numbers apart."""
        return self._number_ranges(lambda transcript: [(turn.start, turn.end) for turn in transcript.turns], gap)

    def sentences(self, gap: int) -> Spans:
        """Return the spans of the codings in sentences of all speakers, transcripts ``gap`` numbers apart."""
        return self._number_ranges(lambda transcript: self._segment(transcript, Unit("sentence")), gap)

    def units(self, unit: Unit) -> Spans:
        """Return the spans of the codings in units of analysis: those of participants, as they are counted."""
        return self._number_ranges(lambda transcript: self._segment(transcript, unit, participants_only=True), 0)

    def _segment(self, transcript: Transcript, unit: Unit, *, participants_only: bool = False) -> _Ranges:
        segments = segment_transcript(transcript, unit=unit, sentence_rules=self.study.sentence_rules)
        return [(one.start, one.end) for one in segments if one.role == "participant" or not participants_only]

    def _number_ranges(self, list_ranges: Callable[[Transcript], _Ranges], gap: int) -> Spans:
        """Return for each coding the numbers of the ranges that it overlaps; their starts and ends both ascend."""
        ranges = [
            (self.text_offset[transcript.id] + start, self.text_offset[transcript.id] + end)
            for transcript in self.transcripts
            for start, end in list_ranges(transcript)
            if start < end
        ]
        starts, ends = np.array(ranges, np.int64).reshape(-1, 2).T
        first = np.searchsorted(ends, self.characters.start, "right")
        last = np.searchsorted(starts, self.characters.end, "left")
        # All ranges are numbered together; the gap keeps the last ones of a transcript from being near the next one's.
        shift = gap * self._transcript
        return Spans(first + shift, np.maximum(last, first) + shift)

    @cached_property
    def cases(self) -> list[list[str]]:
        """The cases whose words each coding has."""
        return [coded_cases(self.study, coding) for coding in self.codings]

    @cached_property
    def first_turns(self) -> list[Turn | None]:
        """The turn in which each coding begins."""
        return [turn_at(self.study.transcripts[coding.transcript], coding.start) for coding in self.codings]
