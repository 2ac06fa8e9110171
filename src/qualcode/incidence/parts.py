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
class Parts:
    """The parts of all transcripts, in their order."""

    transcripts: list[int]
    """Of each part, the number of its transcript."""
    cases: list[list[str]]
    turns: list[int]
    """Of each participants' turn, the number of its part."""


class Slice(NamedTuple):
    """What a unit (by its number) has of one part, in code points of its transcript, half-open."""

    transcript: int
    start: int
    end: int
    part: int
    unit: int


def parts_of(transcripts: Sequence[Transcript], cases: Mapping[str, Collection[str]]) -> Parts:
    """Return what the same cases say: the turns of each case that turns are given to, and all others together."""
    found = Parts([], [], [])
    for number, transcript in enumerate(transcripts):
        owners = dict.fromkeys(turn.case for turn in transcript.participants) or {"": None}
        place = {owner: len(found.cases) + position for position, owner in enumerate(owners)}
        found.transcripts.extend([number] * len(owners))
        found.cases.extend([owner] if owner else list(dict.fromkeys(cases[transcript.id])) for owner in owners)
        found.turns.extend(place[turn.case] for turn in transcript.participants)
    return found


def slices(transcripts: Sequence[Transcript], units: Sequence[Sequence[Segment]], parts: Parts) -> list[Slice] | None:
    """Return the slices of all units; None where every transcript is one part, so that each unit is one slice."""
    if len(parts.cases) == len(transcripts):
        return None
    found: list[Slice] = []
    first = unit = 0
    for number, (transcript, segments) in enumerate(zip(transcripts, units, strict=True)):
        owned = list(zip(transcript.participants, parts.turns[first:], strict=False))
        said = [(turn, owner) for turn, owner in owned if turn.start < turn.end]
        first += len(owned)
        for segment in segments:
            pieces = _pieces(segment, said) or _silent(segment, owned)
            found += [Slice(number, *piece, unit) for piece in pieces]
            unit += 1
    return found


def _pieces(segment: Segment, said: Sequence[tuple[Turn, int]]) -> list[tuple[int, int, int]]:
    """Return start, end and part of what each part has of a unit; an interviewer's words go with their answer."""
    low = bisect_right(said, segment.start, key=lambda one: one[0].end)
    high = bisect_left(said, segment.end, key=lambda one: one[0].start)
    runs = [(owner, [turn.end for turn, _ in run]) for owner, run in groupby(said[low:high], key=itemgetter(1))]
    inner = [ends[-1] for _, ends in runs[:-1]]
    starts, ends = [segment.start, *inner], [*inner, segment.end]
    return [(start, end, owner) for start, end, (owner, _) in zip(starts, ends, runs, strict=False)]


def _silent(segment: Segment, owned: Sequence[tuple[Turn, int]]) -> list[tuple[int, int, int]]:
    """Return a question without an answer as its participant's."""
    return [(segment.start, segment.end, owner) for turn, owner in owned if turn.index == segment.turn]
