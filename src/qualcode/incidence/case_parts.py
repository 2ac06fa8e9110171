"""Whose words are whose: the parts of transcripts that several cases speak in, and what units have of each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from qualcode.model import Segment, Transcript, Turn


@dataclass(frozen=True, slots=True)
class CaseParts:
    """The parts of all transcripts, in their order."""

    part_transcript: list[int]
    """Of each part, the number of its transcript."""
    part_cases: list[list[str]]
    turn_part: list[int]
    """Of each participants' turn, the number of its part."""


class UnitSlice(NamedTuple):
    """What a unit (by its number) has of one part, in code points of its transcript, half-open."""

    transcript: int
    start: int
    end: int
    part: int
    unit: int


def build_case_parts(transcripts: Sequence[Transcript], cases: Mapping[str, Collection[str]]) -> CaseParts:
    """Return what the same cases say: the turns of each case that turns are given to, and all others together."""
    found = CaseParts([], [], [])
    for number, transcript in enumerate(transcripts):
        owners = dict.fromkeys(turn.case for turn in transcript.participant_turns) or {"": None}
        place = {owner: len(found.part_cases) + position for position, owner in enumerate(owners)}
        found.part_transcript.extend([number] * len(owners))
        found.part_cases.extend([owner] if owner else list(dict.fromkeys(cases[transcript.id])) for owner in owners)
        found.turn_part.extend(place[turn.case] for turn in transcript.participant_turns)
    return found


def cut_slices(
    transcripts: Sequence[Transcript], units: Sequence[Sequence[Segment]], parts: CaseParts
) -> list[UnitSlice] | None:
    """Return the slices of all units; None where every transcript is one part, so that each unit is one slice."""
    if len(parts.part_cases) == len(transcripts):
        return None
    found: list[UnitSlice] = []
    first = unit = 0
    for number, (transcript, segments) in enumerate(zip(transcripts, units, strict=True)):
        owned = list(zip(transcript.participant_turns, parts.turn_part[first:], strict=False))
        said = [(turn, owner) for turn, owner in owned if turn.start < turn.end]
        first += len(owned)
        for segment in segments:
            pieces = _split_by_part(segment, said) or _assign_unanswered(segment, owned)
            found += [UnitSlice(number, *piece, unit) for piece in pieces]
            unit += 1
    return found


def _split_by_part(segment: Segment, said: Sequence[tuple[Turn, int]]) -> list[tuple[int, int, int]]:
    """Return start, end and part of what each part has of a unit; an interviewer's words go with their answer."""
    low = bisect_right(said, segment.start, key=lambda one: one[0].end)
    high = bisect_left(said, segment.end, key=lambda one: one[0].start)
    runs = [(owner, [turn.end for turn, _ in run]) for owner, run in groupby(said[low:high], key=itemgetter(1))]
    inner = [ends[-1] for _, ends in runs[:-1]]
    starts, ends = [segment.start, *inner], [*inner, segment.end]
    return [(start, end, owner) for start, end, (owner, _) in zip(starts, ends, runs, strict=False)]


def _assign_unanswered(segment: Segment, owned: Sequence[tuple[Turn, int]]) -> list[tuple[int, int, int]]:
    """Return a question without an answer as its participant's."""
    return [(segment.start, segment.end, owner) for turn, owner in owned if turn.index == segment.turn]
