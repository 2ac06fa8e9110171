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
    universe: Universe
    codes: tuple[str, ...]
    coder: str
    code: Ints
    transcript: Ints
    start: Ints
    end: Ints
    outside: int = 0
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
    start = np.fromiter((coding.start for coding in kept), np.int64, size) + over.base[transcript]
    end = np.fromiter((coding.end for coding in kept), np.int64, size) + over.base[transcript]
    touching = over.touched(start, end)
    code, transcript, start, end = (values[touching] for values in (code, transcript, start, end))
    first = np.searchsorted(over.unit_end, start, "right")
    many = np.maximum(np.searchsorted(over.unit_start, end, "left") - first, 0)
    matrix = _matrix(first, many, code, (len(over.unit_start), len(codes)))
    return Incidence(matrix, over, tuple(codes), coder, code, transcript, start, end, size - len(code))


def _matrix(first: Ints, many: Ints, code: Ints, shape: tuple[int, int]) -> Any:
    """Return the matrix of codings that each touch ``many`` consecutive units from ``first`` on."""
    before = np.cumsum(many) - many
    units = np.arange(int(many.sum())) - np.repeat(before, many) + np.repeat(first, many)
    ones = np.ones(len(units), dtype=np.int32)
    counted = sparse.coo_array((ones, (units, np.repeat(code, many))), shape=shape).tocsr()
    return counted.astype(bool)
