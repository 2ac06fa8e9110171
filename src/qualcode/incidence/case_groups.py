"""Groups of cases: which units, words and codings are theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True, slots=True)
class GroupSelection:
    """What of a universe, and of one coder's codings, is a group's."""

    member: Flags
    part: Flags
    transcript: Flags
    slice: Flags
    coding: Flags
    """Codings that touch a turn of the group."""
    cumulative_words: Ints
    """Of each number of words, how many of the first so many are the group's: shape (words + 1,)."""
    transcript_units: Ints
    transcript_words: Ints


def part_mask(over: Universe, group: Flags) -> Flags:
    """Return which parts a group has, shape (parts,): those with a case of it."""
    return make_mask(over.member_part[group], len(over.part_transcript))


def transcript_mask(over: Universe, group: Flags) -> Flags:
    """Return which transcripts a group has, shape (transcripts,): those in which a case of it speaks."""
    return make_mask(over.part_transcript[part_mask(over, group)], len(over.transcripts))


def unit_mask(over: Universe, group: Flags) -> Flags:
    """Return which units have words of a group, shape (units,)."""
    return make_mask(over.slice_unit[part_mask(over, group)[over.slice_part]], len(over.unit_start))


def coding_mask(counted: Incidence, group: Flags) -> Flags:
    """Return which codings touch a turn of a group, shape (codings,)."""
    over = counted.universe
    turns = _cumulative_count(part_mask(over, group)[over.turn_part])
    first, last = over.turn_ranges(counted.coding_start, counted.coding_end)
    touching: Flags = turns[last] > turns[first]
    return touching


def select_group(counted: Incidence, group: Flags) -> GroupSelection:
    """Return what is a group's; a group is a mask over members (a case in a part), shape (members,)."""
    over = counted.universe
    part = part_mask(over, group)
    size = len(over.transcripts)
    words = _cumulative_count(part[over.word_part])
    ends = np.cumsum(over.transcript_words)
    return GroupSelection(
        member=group,
        part=part,
        transcript=transcript_mask(over, group),
        slice=part[over.slice_part],
        coding=coding_mask(counted, group),
        cumulative_words=words,
        transcript_units=np.bincount(over.unit_transcript[unit_mask(over, group)], minlength=size),
        transcript_words=words[ends] - words[ends - over.transcript_words],
    )


def make_mask(numbers: Ints, size: int) -> Flags:
    """Return flags that are true at some positions."""
    flags = np.zeros(size, dtype=bool)
    flags[numbers] = True
    return flags


def _cumulative_count(flags: Flags) -> Ints:
    """Return how many of the first 0, 1, 2, ... are true."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags, dtype=np.int64)])
