"""Several coders' incidences over one universe as ratings: what each coder says of each unit or character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints


@dataclass(frozen=True, slots=True)
class CoderRatings:
    """Ratings of stretches of text by coders.

    Attributes
    ----------
    values : ndarray of int, shape (stretches, coders)
        The number of a value; for one code 1 where it is coded, else 0.
    transcript : ndarray of int, shape (stretches,)
        Position in the universe's transcripts.
    length : ndarray of int, shape (stretches,)
        What a stretch counts: 1 for a unit, or its number of characters.
    is_coded : ndarray of bool, shape (stretches,)
        Whether any coder has used any code of the codebook there.
    """

    values: NDArray[np.int64]
    transcript: Ints
    length: Ints
    is_coded: Flags

    def select(self, stretches: Flags) -> CoderRatings:
        """Return the ratings of some stretches only."""
        return CoderRatings(*(getattr(self, name)[stretches] for name in self.__slots__))


def rate_units(incidences: Sequence[Incidence], codes: Sequence[int]) -> CoderRatings:
    """Return whether each coder has used any of the codes, by their columns, in each unit.

    The incidences have one universe.
    """
    values = np.stack([np.asarray(one.matrix[:, list(codes)].sum(axis=1)) > 0 for one in incidences], axis=1)
    return _unit_ratings(incidences, values.astype(np.int64))


def _unit_ratings(incidences: Sequence[Incidence], values: NDArray[np.int64]) -> CoderRatings:
    universe = incidences[0].universe
    is_coded = np.any([np.asarray(one.matrix.sum(axis=1)) > 0 for one in incidences], axis=0)
    return CoderRatings(values, universe.unit_transcript, np.ones(len(values), np.int64), is_coded)


def rate_characters(incidences: Sequence[Incidence], codes: Sequence[int]) -> CoderRatings:
    """Return whether each coder has used any of the codes at each character of a participant.

    Characters between which nothing changes are one stretch. The incidences have one universe.
    """
    universe = incidences[0].universe
    coded = [_merge_spans(one, np.isin(one.coding_code, codes)) for one in incidences]
    any_coded = [_merge_spans(one, np.ones(len(one.coding_code), bool)) for one in incidences]
    turns = (universe.turn_start, universe.turn_end)
    bounds = np.unique(np.concatenate([edge for spans in (*coded, *any_coded, turns) for edge in spans]))
    start, end = bounds[:-1], bounds[1:]
    in_turn = _is_inside(start, turns)
    start, end = start[in_turn], end[in_turn]
    values = np.stack([_is_inside(start, spans) for spans in coded], axis=1).astype(np.int64)
    is_coded = np.any([_is_inside(start, spans) for spans in any_coded], axis=0)
    transcript = np.searchsorted(universe.transcript_offset, start, "right") - 1
    return CoderRatings(values, transcript.astype(np.int64), end - start, is_coded)


def _merge_spans(incidence: Incidence, selected: Flags) -> tuple[Ints, Ints]:
    """Return starts and ends of the text that a selection of codings covers, in order and without overlaps."""
    order = np.argsort(incidence.coding_start[selected], kind="stable")
    start, end = incidence.coding_start[selected][order], incidence.coding_end[selected][order]
    reach = np.maximum.accumulate(end) if len(end) else end
    # A span begins where nothing before it reaches.
    begins = np.ones(len(start), dtype=bool)
    begins[1:] = start[1:] > reach[:-1]
    last = np.flatnonzero(np.append(begins[1:], True)) if len(start) else np.zeros(0, np.int64)
    return start[begins], reach[last]


def _is_inside(position: Ints, spans: tuple[Ints, Ints]) -> Flags:
    """Return which positions are in one of several spans that are in order and do not overlap."""
    start, end = spans
    number = np.searchsorted(start, position, "right") - 1
    inside: Flags = (number >= 0) & (position < np.append(end, 0)[number])
    return inside


def list_coded_spans(incidence: Incidence, codes: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Return what one coder has coded with any of the codes, by transcript, as spans that do not overlap."""
    universe = incidence.universe
    start, end = _merge_spans(incidence, np.isin(incidence.coding_code, codes))
    spans: list[list[tuple[int, int]]] = [[] for _ in universe.transcripts]
    transcript = np.searchsorted(universe.transcript_offset, start, "right") - 1
    for number, first, last in zip(transcript.tolist(), start.tolist(), end.tolist(), strict=True):
        spans[number].append((first, last))
    return spans
