"""The incidence matrix: which units of analysis carry which codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.universe import Flags, Ints, Universe
from qualcode.model import Coding, PairRule

WITHIN_UNIT = PairRule()


@dataclass(frozen=True)
class Incidence:
    """One coder's codings as a matrix: ``matrix[i, j]`` is true if unit ``i`` of the universe carries code ``j``.

    The ``coding_`` columns, each of shape (codings,), describe the codings behind it: ``coding_code`` and
    ``coding_transcript`` are positions in ``codes`` and in the universe's transcripts, ``coding_start`` and
    ``coding_end`` code points of the universe's concatenated text.
    """

    matrix: Any
    """scipy.sparse.csr_array of bool, units x codes."""
    slice_matrix: Any
    """The same as slices x codes: in which case's words a unit carries the code."""
    universe: Universe
    codes: tuple[str, ...]
    coder: str
    coding_code: Ints
    coding_transcript: Ints
    coding_start: Ints
    coding_end: Ints
    excluded_codings: int = 0
    """Number of codings left out because they touch no counted turn, as after a change of roles."""
    pair_rule: PairRule = WITHIN_UNIT
    """What counts as together when pairs are counted."""

    @property
    def pair_unit(self) -> str:
        """The name of what two codes must share to count as together: the unit, ``overlap``, or ``stanza:3``."""
        return self.pair_rule.describe(self.universe.unit)


def incidence(codings: Sequence[Coding], universe: Universe, *, codes: Sequence[str], coder: str = "") -> Incidence:
    """Return the incidence of codings, units x codes: a unit carries a code if a coding of it overlaps the unit.

    Parameters
    ----------
    codings
        One coder's codings. Those of other codes, in transcripts outside the universe, or outside participants'
        turns are left out. Spans are code points, half-open; an overlap of one character is enough.
    universe
        The units, in the order of the rows.
    codes
        Ids of codes, in the order of the columns.
    coder
        The coder's name, for labels.

    Returns
    -------
    Incidence
        With a matrix of shape (units, codes). See `count_frequencies` for an example.
    """
    column = {code: position for position, code in enumerate(codes)}
    transcript_number = {name: position for position, name in enumerate(universe.transcripts)}
    counted = [coding for coding in codings if coding.code in column and coding.transcript in transcript_number]
    size = len(counted)
    code = np.fromiter((column[coding.code] for coding in counted), np.int64, size)
    transcript = np.fromiter((transcript_number[coding.transcript] for coding in counted), np.int64, size)
    offset = universe.transcript_offset[transcript]
    start = np.fromiter((coding.start for coding in counted), np.int64, size) + offset
    end = np.fromiter((coding.end for coding in counted), np.int64, size) + offset
    touching = universe.touches_participant(start, end)
    code, transcript, start, end = (values[touching] for values in (code, transcript, start, end))
    matrix = _build_matrix((universe.unit_start, universe.unit_end), start, end, code, len(codes))
    # Only where several cases speak in one transcript are slices smaller than units.
    slice_matrix = matrix
    if len(universe.part_transcript) > len(universe.transcripts):
        slice_matrix = _build_matrix((universe.slice_start, universe.slice_end), start, end, code, len(codes))
    silent = sum(coding.code in column and coding.transcript in universe.silent_transcripts for coding in codings)
    excluded = size - len(code) + silent
    return Incidence(matrix, slice_matrix, universe, tuple(codes), coder, code, transcript, start, end, excluded)


def build_slice_matrix(incidence: Incidence, coding: Flags) -> Any:
    """Return slices x codes, true where one of the codings overlaps; ``coding`` is a mask of shape (codings,)."""
    ranges = (incidence.universe.slice_start, incidence.universe.slice_end)
    start, end, code = (
        values[coding] for values in (incidence.coding_start, incidence.coding_end, incidence.coding_code)
    )
    return _build_matrix(ranges, start, end, code, len(incidence.codes))


def membership_matrix(codes: Sequence[str], code_sets: Sequence[CodeSet]) -> Any:
    """Return codes x code sets: 1 where a code is a member of a set."""
    column = {code: position for position, code in enumerate(codes)}
    members = [
        (column[code], position)
        for position, code_set in enumerate(code_sets)
        for code in dict.fromkeys(code_set.members)
        if code in column
    ]
    code, row = np.array(members, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(code), dtype=np.int32), (code, row)), shape=(len(codes), len(code_sets)))


def expand_ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return the numbers of ranges and the positions in them: (0, 0), (0, 1), ..., (1, 5) ..."""
    count = np.maximum(last - first, 0)
    before = np.cumsum(count) - count
    # All positions in one array: a loop over the ranges would be slow.
    return np.repeat(np.arange(len(first)), count), np.arange(int(count.sum())) + np.repeat(first - before, count)


def _build_matrix(ranges: tuple[Ints, Ints], start: Ints, end: Ints, code: Ints, codes: int) -> Any:
    """Return ranges x codes, true where a coding overlaps a range; starts and ends of the ranges both ascend."""
    first = np.searchsorted(ranges[1], start, "right")
    coding, row = expand_ranges(first, np.searchsorted(ranges[0], end, "left"))
    ones = np.ones(len(row), dtype=np.int32)
    # `tocsr` adds up the codings of one code in one unit; what counts is whether there is any.
    overlaps = sparse.coo_array((ones, (row, code[coding])), shape=(len(ranges[0]), codes)).tocsr()
    return overlaps.astype(bool)
