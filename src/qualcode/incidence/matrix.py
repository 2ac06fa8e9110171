"""The incidence of codes on units: a sparse boolean matrix with what its rows and columns are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.incidence.universe import Ints, Universe
from qualcode.model import Coding


@dataclass(frozen=True)
class Incidence:
    """``matrix[i, j]`` tells whether unit ``i`` of the universe carries code ``j``; one coder's reading.

    The codings behind it are kept as places on the universe's line, each of shape (codings,): ``code`` and
    ``transcript`` are positions in ``codes`` and in the universe's transcripts, ``start`` and ``end`` code points.
    """

    matrix: Any
    """scipy.sparse.csr_array of bool, units x codes."""
    slice_matrix: Any
    """The same, slices x codes: which case's words a unit carries the code for."""
    universe: Universe
    codes: tuple[str, ...]
    coder: str
    coding_code: Ints
    coding_transcript: Ints
    coding_start: Ints
    coding_end: Ints
    excluded_codings: int = 0
    """How many codings are left out because they touch no participant's turn: roles have changed since."""


def incidence(codings: Sequence[Coding], over: Universe, *, codes: Sequence[str], coder: str = "") -> Incidence:
    """Return the units x codes incidence of codings: a unit carries a code when a coding of it overlaps the unit.

    Parameters
    ----------
    codings
        One coder's; those of other codes, in transcripts outside the universe, or in no participant's turn are left
        out. Spans are code points,
        half-open; one character in a unit is enough.
    over
        The units, whose order the rows follow.
    codes
        Ids in the order that the columns follow.
    coder
        Whose reading this is, for what is said about it.

    Returns
    -------
    Incidence
        With a matrix of shape (units, codes). See `frequencies` for an example.
    """
    column = {code: position for position, code in enumerate(codes)}
    row = {name: position for position, name in enumerate(over.transcripts)}
    kept = [coding for coding in codings if coding.code in column and coding.transcript in row]
    size = len(kept)
    code = np.fromiter((column[coding.code] for coding in kept), np.int64, size)
    transcript = np.fromiter((row[coding.transcript] for coding in kept), np.int64, size)
    start = np.fromiter((coding.start for coding in kept), np.int64, size) + over.transcript_offset[transcript]
    end = np.fromiter((coding.end for coding in kept), np.int64, size) + over.transcript_offset[transcript]
    touching = over.touches_participant(start, end)
    code, transcript, start, end = (values[touching] for values in (code, transcript, start, end))
    matrix = _build_matrix((over.unit_start, over.unit_end), start, end, code, len(codes))
    whole = len(over.part_transcript) == len(over.transcripts)
    slices = matrix if whole else _build_matrix((over.slice_start, over.slice_end), start, end, code, len(codes))
    return Incidence(matrix, slices, over, tuple(codes), coder, code, transcript, start, end, size - len(code))


def _build_matrix(places: tuple[Ints, Ints], start: Ints, end: Ints, code: Ints, codes: int) -> Any:
    """Return places x codes: true where a coding touches a place (start and end, both rising)."""
    first = np.searchsorted(places[1], start, "right")
    many = np.maximum(np.searchsorted(places[0], end, "left") - first, 0)
    before = np.cumsum(many) - many
    units = np.arange(int(many.sum())) - np.repeat(before, many) + np.repeat(first, many)
    ones = np.ones(len(units), dtype=np.int32)
    counted = sparse.coo_array((ones, (units, np.repeat(code, many))), shape=(len(places[0]), codes)).tocsr()
    return counted.astype(bool)
