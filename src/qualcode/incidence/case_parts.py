"""Assignment of text to cases: the parts of transcripts in which several cases speak, and the slices of units."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from qualcode.model import Segment, Transcript, Turn
from qualcode.segments import word_spans


@dataclass(frozen=True, slots=True)
class CaseParts:
    """The parts of all transcripts, in transcript order."""

    part_transcript: list[int]
    """The transcript's number of each part."""
    part_cases: list[list[str]]
    turn_part: list[int]
    """The part's number of each counted turn."""


class UnitSlice(NamedTuple):
    """The text of one unit that belongs to one part: code points of the transcript, half-open."""

    transcript: int
    start: int
    end: int
    part: int
    unit: int


def find_counted_turns(transcript: Transcript) -> list[Turn]:
    """Return the turns of the cases that say a word in a transcript: who answers "-" has not been heard."""
    cases: set[str] = set()
    for turn in transcript.participant_turns:
        if turn.case not in cases and any(word_spans(transcript.spoken_text, turn.start, turn.end)):
            cases.add(turn.case)
    return [turn for turn in transcript.participant_turns if turn.case in cases]


def build_case_parts(
    transcripts: Sequence[Transcript], turns: Sequence[Sequence[Turn]], *, cases: Mapping[str, Collection[str]]
) -> CaseParts:
    """Return the parts of transcripts: one for each case that has turns of its own, one for all other turns.

    ``turns`` are the counted turns of each transcript, at least one; ``cases`` gives for each transcript the cases of
    turns that have no case of their own.
    """
    parts = CaseParts([], [], [])
    for number, transcript in enumerate(transcripts):
        turn_cases = dict.fromkeys(turn.case for turn in turns[number])
        first_part = len(parts.part_cases)
        part_of = {case: first_part + position for position, case in enumerate(turn_cases)}
        parts.part_transcript.extend([number] * len(turn_cases))
        parts.part_cases.extend([case] if case else list(dict.fromkeys(cases[transcript.id])) for case in turn_cases)
        parts.turn_part.extend(part_of[turn.case] for turn in turns[number])
    return parts


def cut_slices(
    turns: Sequence[Sequence[Turn]], units: Sequence[Sequence[Segment]], parts: CaseParts
) -> list[UnitSlice] | None:
    """Return the slices of all units; None if every transcript is one part, so that each unit is one slice."""
    if len(parts.part_cases) == len(turns):
        return None
    slices: list[UnitSlice] = []
    first_turn = unit = 0
    for number, (counted, segments) in enumerate(zip(turns, units, strict=True)):
        # turn_part covers the turns of all transcripts, so it is longer than the turns of this one.
        turn_parts = list(zip(counted, parts.turn_part[first_turn:], strict=False))
        nonempty = [(turn, part) for turn, part in turn_parts if turn.start < turn.end]
        first_turn += len(turn_parts)
        for segment in segments:
            pieces = _split_by_part(segment, nonempty)
            slices += [UnitSlice(number, *piece, unit) for piece in pieces]
            unit += 1
    return slices


def _split_by_part(segment: Segment, turn_parts: Sequence[tuple[Turn, int]]) -> list[tuple[int, int, int]]:
    """Return start, end and part of each slice of a unit; an interviewer's words belong to the answer after them."""
    low = bisect_right(turn_parts, segment.start, key=lambda pair: pair[0].end)
    high = bisect_left(turn_parts, segment.end, key=lambda pair: pair[0].start)
    runs = [(part, [turn.end for turn, _ in run]) for part, run in groupby(turn_parts[low:high], key=itemgetter(1))]
    inner = [ends[-1] for _, ends in runs[:-1]]
    starts, ends = [segment.start, *inner], [*inner, segment.end]
    return [(start, end, part) for start, end, (part, _) in zip(starts, ends, runs, strict=False)]
