"""Masks and counts of the units, words and codings that belong to a group of cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True, slots=True)
class GroupSelection:
    """What belongs to a group of cases, in a universe and among one coder's codings.

    Masks are named by what they select, so ``member`` has shape (members,); ``transcript_units`` and
    ``transcript_words`` are the group's counts by transcript, shape (transcripts,).
    """

    member: Flags
    part: Flags
    transcript: Flags
    slice: Flags
    coding: Flags
    """Codings that touch a turn of the group."""
    cumulative_words: Ints
    """Number of the group's words among the first 0, 1, 2, ... words, shape (words + 1,)."""
    transcript_units: Ints
    transcript_words: Ints


def part_mask(universe: Universe, group: Flags) -> Flags:
    """Return which parts belong to a case of the group, shape (parts,)."""
    return make_mask(universe.member_part[group], len(universe.part_transcript))


def transcript_mask(universe: Universe, group: Flags) -> Flags:
    """Return in which transcripts a case of the group speaks, shape (transcripts,)."""
    return make_mask(universe.part_transcript[part_mask(universe, group)], len(universe.transcripts))


def unit_mask(universe: Universe, group: Flags) -> Flags:
    """Return which units contain words of the group, shape (units,)."""
    in_group = part_mask(universe, group)[universe.slice_part]
    return make_mask(universe.slice_unit[in_group], len(universe.unit_start))


def coding_mask(incidence: Incidence, group: Flags) -> Flags:
    """Return which codings touch a turn of the group, shape (codings,)."""
    universe = incidence.universe
    # With cumulative counts, the group's turns in any range are one subtraction, for all codings at once.
    turns = cumulative_count(part_mask(universe, group)[universe.turn_part])
    first, last = universe.turn_ranges(incidence.coding_start, incidence.coding_end)
    touching: Flags = turns[last] > turns[first]
    return touching


def select_group(incidence: Incidence, group: Flags) -> GroupSelection:
    """Return what belongs to a group, given as a mask over members (a case in a part), shape (members,)."""
    universe = incidence.universe
    part = part_mask(universe, group)
    words = cumulative_count(part[universe.word_part])
    word_ends = np.cumsum(universe.transcript_words)
    return GroupSelection(
        member=group,
        part=part,
        transcript=transcript_mask(universe, group),
        slice=part[universe.slice_part],
        coding=coding_mask(incidence, group),
        cumulative_words=words,
        transcript_units=np.bincount(
            universe.unit_transcript[unit_mask(universe, group)], minlength=len(universe.transcripts)
        ),
        transcript_words=words[word_ends] - words[word_ends - universe.transcript_words],
    )


def make_mask(positions: Ints, size: int) -> Flags:
    """Return flags of shape (size,) that are true at the given positions."""
    flags = np.zeros(size, dtype=bool)
    flags[positions] = True
    return flags


def cumulative_count(flags: Flags) -> Ints:
    """Return how many of the first 0, 1, 2, ... flags are true, shape (flags + 1,)."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags, dtype=np.int64)])
