"""Groups of cases: which units, words and codings are theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True, slots=True)
class Within:
    """What of a universe, and of one coder's codings, is a group's."""

    member: Flags
    part: Flags
    transcript: Flags
    slice: Flags
    coding: Flags
    """Codings that touch a turn of the group."""
    words: Ints
    """Of each number of words, how many of the first so many are the group's: shape (words + 1,)."""
    transcript_units: Ints
    transcript_words: Ints


def parts_in(over: Universe, group: Flags) -> Flags:
    """Return which parts a group has, shape (parts,): those with a case of it."""
    return flagged(over.member_part[group], len(over.part_transcript))


def transcripts_in(over: Universe, group: Flags) -> Flags:
    """Return which transcripts a group has, shape (transcripts,): those in which a case of it speaks."""
    return flagged(over.part_transcript[parts_in(over, group)], len(over.transcripts))


def units_in(over: Universe, group: Flags) -> Flags:
    """Return which units have words of a group, shape (units,)."""
    return flagged(over.slice_unit[parts_in(over, group)[over.slice_part]], len(over.unit_start))


def codings_in(counted: Incidence, group: Flags) -> Flags:
    """Return which codings touch a turn of a group, shape (codings,)."""
    over = counted.universe
    turns = _running(parts_in(over, group)[over.turn_part])
    first, last = over.turns_of(counted.start, counted.end)
    touching: Flags = turns[last] > turns[first]
    return touching


def within(counted: Incidence, group: Flags) -> Within:
    """Return what is a group's; a group is a mask over members (a case in a part), shape (members,)."""
    over = counted.universe
    part = parts_in(over, group)
    size = len(over.transcripts)
    words = _running(part[over.word_part])
    ends = np.cumsum(over.transcript_words)
    return Within(
        member=group,
        part=part,
        transcript=transcripts_in(over, group),
        slice=part[over.slice_part],
        coding=codings_in(counted, group),
        words=words,
        transcript_units=np.bincount(over.unit_transcript[units_in(over, group)], minlength=size),
        transcript_words=words[ends] - words[ends - over.transcript_words],
    )


def flagged(numbers: Ints, size: int) -> Flags:
    """Return flags that are true at some positions."""
    flags = np.zeros(size, dtype=bool)
    flags[numbers] = True
    return flags


def _running(flags: Flags) -> Ints:
    """Return how many of the first 0, 1, 2, ... are true."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags, dtype=np.int64)])
