"""Several coders' readings of the same passages: the codes that they share, those that they dispute, what was decided.

A *passage* is a unit of analysis of a participant in which somebody has used a code, a *cell* one code in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from qualcode.model import Coding, Segment, Transcript, Unit, family_of
from qualcode.segments import SentenceRules, segment_transcript

CONSENSUS = "consensus"
"""The coder whose codings are what the coders agree on, and what was decided where they do not."""


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A decision on whether a code applies to a span, made for all coders."""

    id: str
    transcript: str
    start: int
    end: int
    code: str
    applies: bool
    by: str
    """Who decided."""
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One code in one passage."""

    code: str
    codings: tuple[Coding, ...]
    """The readers' codings that overlap the passage, ordered by coder and start."""
    readers: tuple[str, ...]
    """The coders who have read the transcript for the code's family, sorted."""
    decision: Adjudication | None = None

    @property
    def coders(self) -> tuple[str, ...]:
        """The readers who have coded it, sorted."""
        return tuple(dict.fromkeys(coding.coder for coding in self.codings))

    @property
    def is_disputed(self) -> bool:
        """Whether some readers have coded it and others have not."""
        return 0 < len(self.coders) < len(self.readers)

    @property
    def is_open(self) -> bool:
        """Whether it is disputed and not decided."""
        return self.is_disputed and self.decision is None

    @property
    def applies(self) -> bool:
        """Whether it is part of the consensus: decided so, or else coded by all readers."""
        return self.decision.applies if self.decision else 0 < len(self.coders) == len(self.readers)


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of analysis with the codes that readers have used in it, sorted by id."""

    segment: Segment
    cells: tuple[Cell, ...]

    @property
    def id(self) -> str:
        """How commands name the passage: its transcript and where it starts."""
        return f"{self.segment.transcript}:{self.segment.start}"

    @property
    def disputed(self) -> tuple[Cell, ...]:
        """The cells that the readers dispute, decided or not."""
        return tuple(cell for cell in self.cells if cell.is_disputed)

    def describe_decision(self) -> tuple[str, str]:
        """Return the codes that were decided to apply, ``none`` if none does, and the note; empty if any is open."""
        decisions = [cell.decision for cell in self.disputed if cell.decision]
        note = "; ".join(dict.fromkeys(decision.note for decision in decisions if decision.note))
        if len(decisions) < len(self.disputed):
            return "", note
        return "; ".join(cell.code for cell in self.cells if cell.decision and cell.applies) or "none", note

    def span_of(self, cell: Cell) -> tuple[int, int]:
        """Return what is coded in a cell, within the passage: as decided, or else all that readers have marked."""
        return self.clip([cell.decision] if cell.decision else cell.codings)

    def clip(self, marked: Iterable[Coding | Adjudication]) -> tuple[int, int]:
        """Return what is marked, from the first to the last character, within the passage; all of it if nothing is."""
        return _clip(self.segment, marked)


@dataclass(frozen=True)
class Reading:
    """One coder's codings that have a place in the text, and the families that the coder has read, by transcript."""

    coder: str
    codings: Mapping[str, Sequence[Coding]]
    """By transcript."""
    families: Mapping[str, frozenset[str]]


def make_reading(coder: str, codings: Iterable[Coding], finished: Mapping[str, frozenset[str]]) -> Reading:
    """Return a coder's reading; who never marks a transcript as done has read what there are codings in.

    Parameters
    ----------
    coder
        Name, for labels.
    codings
        The coder's codings, without orphaned ones.
    finished
        The families that the coder has finished, by transcript.
    """
    by_transcript: dict[str, list[Coding]] = defaultdict(list)
    begun: dict[str, frozenset[str]] = {}
    for coding in codings:
        by_transcript[coding.transcript].append(coding)
        begun[coding.transcript] = begun.get(coding.transcript, frozenset()) | {family_of(coding.code)}
    return Reading(coder, by_transcript, finished or begun)


def list_passages(
    transcript: Transcript,
    readings: Sequence[Reading],
    adjudications: Sequence[Adjudication] = (),
    *,
    unit: Unit,
    sentence_rules: SentenceRules,
) -> list[Passage]:
    """Return the passages of a transcript in which a reader has used a code, or one was decided on.

    Codings of coders who have not read the transcript for the code's family are left out.

    Parameters
    ----------
    transcript
        The transcript.
    readings
        The coders to compare.
    adjudications
        Decisions on this transcript, oldest first; of several on one cell the last one counts.
    unit
        A unit of analysis whose segments do not overlap.
    sentence_rules
        How sentences end.
    """
    segments = segment_transcript(transcript, unit=unit, sentence_rules=sentence_rules)
    segments = [segment for segment in segments if segment.role == "participant"]
    codings: dict[tuple[int, str], list[Coding]] = defaultdict(list)
    decisions: dict[tuple[int, str], Adjudication] = {}
    for reading in sorted(readings, key=attrgetter("coder")):
        families = reading.families.get(transcript.id, frozenset())
        for coding in reading.codings.get(transcript.id, ()):
            if family_of(coding.code) in families:
                for number in _overlapping(segments, coding.start, coding.end):
                    codings[number, coding.code].append(coding)
    for decision in adjudications:
        for number in _overlapping(segments, decision.start, decision.end):
            decisions[number, decision.code] = decision
    cells: dict[int, list[Cell]] = defaultdict(list)
    for number, code in sorted({*codings, *decisions}):
        if _is_partial(decisions.get((number, code)), codings.get((number, code), ()), segments[number]):
            del decisions[number, code]
        readers = list_readers(readings, transcript.id, family_of(code))
        cells[number].append(Cell(code, tuple(codings.get((number, code), ())), readers, decisions.get((number, code))))
    return [Passage(segments[number], tuple(cells[number])) for number in sorted(cells)]


def _clip(segment: Segment, marked: Iterable[Coding | Adjudication]) -> tuple[int, int]:
    """Return what is marked, from the first to the last character, within a segment; all of it if nothing is."""
    spans = [(one.start, one.end) for one in marked] or [(segment.start, segment.end)]
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    return max(start, segment.start), min(end, segment.end)


def _is_partial(decision: Adjudication | None, codings: Sequence[Coding], segment: Segment) -> bool:
    """Return whether a decision that a code does not apply leaves a part of what is coded in a segment.

    It was then made for a smaller unit than the one that is compared now.
    """
    if decision is None or decision.applies or not codings:
        return False
    start, end = _clip(segment, codings)
    return start < decision.start or decision.end < end


def list_readers(readings: Iterable[Reading], transcript: str, family: str) -> tuple[str, ...]:
    """Return the coders who have read a transcript for the codes of a family, sorted."""
    return tuple(sorted(one.coder for one in readings if family in one.families.get(transcript, ())))


def _overlapping(segments: Sequence[Segment], start: int, end: int) -> range:
    """Return the numbers of the segments that a span overlaps."""
    first = bisect_right(segments, start, key=attrgetter("end"))
    return range(first, bisect_left(segments, end, lo=first, key=attrgetter("start")))
