"""Pair counts: split from counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qualcode.incidence.case_groups import select_group
from qualcode.incidence.code_sets import CodeSet, member_columns
from qualcode.incidence.frequency_counts import asked_transcript_mask
from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True)
class Cooccurrence:
    """Pairs of rows over one universe: all matrices have shape (rows, rows) and count units of analysis.

    ``together[a, b]`` units carry both, ``alone[a, b]`` carry ``a`` among the units of transcripts that were
    asked about ``b`` too, ``units[a, b]`` is the number of those units.
    """

    code_sets: tuple[CodeSet, ...]
    joint_units: Ints
    code_units: Ints
    base_units: Ints

    def jaccard(self) -> NDArray[np.float64]:
        """Return how much the units of each pair are the same: those with both over those with either.

        Returns
        -------
        ndarray of float, shape (rows, rows)
            From 0 (never together) to 1 (never apart), the same for (a, b) and (b, a). NaN where neither occurs in
            what both were asked about.

        References
        ----------
        Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
        His coefficient of community: species common to two districts over all species of the two.

        Examples
        --------
        Of eight units three carry ``a``, two carry ``b``, one of them both: 1 / (3 + 2 - 1).

        >>> rows = tuple(Row(one, one, "code", (one,)) for one in ("f/a", "f/b"))
        >>> together, alone = np.array([[3, 1], [1, 2]]), np.array([[3, 3], [2, 2]])
        >>> Cooccurrence(rows, together, alone, np.full((2, 2), 8)).jaccard()
        array([[1.  , 0.25],
               [0.25, 1.  ]])
        """
        either = self.code_units + self.code_units.T - self.joint_units
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(either > 0, self.joint_units / either, np.nan)

    def pairs(self, *, min_count: int = 1) -> Iterator[tuple[int, int]]:
        """Yield the places of two rows with at least ``least`` units together; a row and its part are no pair."""
        for a, b in zip(*np.triu_indices(len(self.code_sets), 1), strict=True):
            if self.joint_units[a, b] >= min_count and not self.code_sets[a].is_nested_with(self.code_sets[b]):
                yield int(a), int(b)


def count_cooccurrence(counted: Incidence, rows: Sequence[CodeSet], group: Flags) -> Cooccurrence:
    """Count in how many units each pair of rows occurs together: ``X.T @ X``.

    Parameters
    ----------
    counted
        One coder's incidence.
    rows
        Codes, families, themes; a row occurs where any of its members does.
    group
        A mask over members, as in `frequencies`.

    Returns
    -------
    Cooccurrence
        Counts of units; for each pair over the transcripts of the group that were asked about both.
    """
    over = counted.universe
    part = select_group(counted, group)
    shape = (len(rows), len(over.transcripts))
    asked = np.array([asked_transcript_mask(counted, row) & part.transcript for row in rows], dtype=np.int64).reshape(
        shape
    )
    occurs = _drop_unasked(
        _slices_to_units(over, _slice_occurrences(counted, rows), part.slice), asked, over.unit_transcript
    )
    ones = np.ones(len(over.unit_transcript), dtype=np.int64)
    place = (over.unit_transcript, np.arange(len(ones)))
    by_transcript = sparse.csr_array((ones, place), shape=(len(over.transcripts), len(ones)))
    return Cooccurrence(
        tuple(rows),
        (occurs.T @ occurs).toarray(),
        (by_transcript @ occurs).T @ asked.T,
        (asked * part.transcript_units) @ asked.T,
    )


def _slices_to_units(over: Universe, occurs: Any, inside: Flags) -> Any:
    """Return units x rows from slices x rows: a unit carries what any of its slices inside a group carries."""
    slices = np.flatnonzero(inside)
    place = (over.slice_unit[slices], slices)
    shape = (len(over.unit_start), len(over.slice_unit))
    return (sparse.csr_array((np.ones(len(slices), dtype=np.int64), place), shape=shape) @ occurs.astype(np.int64)) > 0


def _drop_unasked(occurs: Any, asked: Ints, unit_transcript: Ints) -> Any:
    """Return units x rows as counts, what stands in transcripts not asked about a row left out."""
    found = occurs.tocoo()
    unit, row = found.coords
    kept = asked[row, unit_transcript[unit]] > 0
    ones = np.ones(int(kept.sum()), dtype=np.int64)
    return sparse.csr_array((ones, (unit[kept], row[kept])), shape=found.shape)


def _slice_occurrences(counted: Incidence, rows: Sequence[CodeSet]) -> Any:
    """Return slices x rows: true where any member of the row occurs."""
    members = [(column, position) for position, row in enumerate(rows) for column in member_columns(row, counted.codes)]
    place = np.array(members, dtype=np.int64).reshape(-1, 2).T
    shape = (len(counted.codes), len(rows))
    membership = sparse.csr_array((np.ones(place.shape[1], dtype=np.int64), (place[0], place[1])), shape=shape)
    return (counted.slice_matrix.astype(np.int64) @ membership) > 0
