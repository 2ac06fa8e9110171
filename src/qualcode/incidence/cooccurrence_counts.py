"""Co-occurrence: in how many units two codes, families or themes occur together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qualcode.incidence.case_groups import GroupSelection, select_group
from qualcode.incidence.code_sets import CodeSet, member_columns
from qualcode.incidence.frequency_counts import asked_transcript_mask
from qualcode.incidence.matrix import Incidence, build_slice_matrix
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True)
class Cooccurrence:
    """Pairs of code sets in one universe; all matrices have shape (code sets, code sets) and count units.

    ``joint_units[a, b]`` units carry both. ``base_units[a, b]`` is the number of units in transcripts in which the
    coder was asked about both; ``code_units[a, b]`` of these carry ``a``.
    """

    code_sets: tuple[CodeSet, ...]
    joint_units: Ints
    code_units: Ints
    base_units: Ints

    def jaccard(self) -> NDArray[np.float64]:
        """Return the Jaccard coefficient of each pair: units with both over units with either.

        Returns
        -------
        ndarray of float, shape (code sets, code sets)
            Symmetric, from 0 (never together) to 1 (always together). NaN if neither occurs in the base of the pair.

        References
        ----------
        Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
        His coefficient of community: species common to two districts over all species of the two.

        Examples
        --------
        Of eight units three carry ``a``, two carry ``b``, one of them both: 1 / (3 + 2 - 1).

        >>> code_sets = tuple(CodeSet(code, code, "code", (code,)) for code in ("f/a", "f/b"))
        >>> joint, alone = np.array([[3, 1], [1, 2]]), np.array([[3, 3], [2, 2]])
        >>> Cooccurrence(code_sets, joint, alone, np.full((2, 2), 8)).jaccard()
        array([[1.  , 0.25],
               [0.25, 1.  ]])
        """
        either = self.code_units + self.code_units.T - self.joint_units
        # `np.where` computes both branches, so it divides by 0 where neither occurs.
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(either > 0, self.joint_units / either, np.nan)

    def pairs(self, *, min_count: int = 1) -> Iterator[tuple[int, int]]:
        """Yield the positions of two code sets with at least ``min_count`` joint units, neither part of the other."""
        for a, b in zip(*np.triu_indices(len(self.code_sets), 1), strict=True):
            if self.joint_units[a, b] >= min_count and not self.code_sets[a].is_nested_with(self.code_sets[b]):
                yield int(a), int(b)


def count_cooccurrence(incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags) -> Cooccurrence:
    """Count in how many units each pair of code sets occurs together: ``X.T @ X``.

    Parameters
    ----------
    incidence
        One coder's incidence.
    code_sets
        Codes, families, themes; each occurs wherever any of its members does.
    group
        A mask over members, shape (members,), as in `count_frequencies`.

    Returns
    -------
    Cooccurrence
        Counts of units, for each pair in the transcripts of the group in which the coder was asked about both.
    """
    universe = incidence.universe
    selection = select_group(incidence, group)
    # Without code sets the array would have one dimension only, hence the explicit shape.
    asked = np.array(
        [asked_transcript_mask(incidence, row) & selection.transcript for row in code_sets], dtype=np.int64
    ).reshape(len(code_sets), len(universe.transcripts))
    in_units = slices_to_units(universe, slice_occurrences(incidence, code_sets, selection), selection.slice)
    occurs = drop_unasked(in_units, asked, universe.unit_transcript)
    units = len(universe.unit_transcript)
    by_transcript = sparse.csr_array(
        (np.ones(units, dtype=np.int64), (universe.unit_transcript, np.arange(units))),
        shape=(len(universe.transcripts), units),
    )
    return Cooccurrence(
        tuple(code_sets),
        (occurs.T @ occurs).toarray(),
        # Units with the first set are counted by transcript, then added over transcripts asked about the second.
        (by_transcript @ occurs).T @ asked.T,
        (asked * selection.transcript_units) @ asked.T,
    )


def slices_to_units(universe: Universe, occurs: Any, inside: Flags) -> Any:
    """Return units x code sets from slices x code sets: a unit carries what any of its slices in the group carries."""
    slices = np.flatnonzero(inside)
    coordinates = (universe.slice_unit[slices], slices)
    shape = (len(universe.unit_start), len(universe.slice_unit))
    membership = sparse.csr_array((np.ones(len(slices), dtype=np.int64), coordinates), shape=shape)
    return (membership @ occurs.astype(np.int64)) > 0


def drop_unasked(occurs: Any, asked: Ints, unit_transcript: Ints) -> Any:
    """Return units x code sets as counts, without transcripts in which the coder was not asked about the code set."""
    coordinates = occurs.tocoo()
    unit, row = coordinates.coords
    is_asked = asked[row, unit_transcript[unit]] > 0
    ones = np.ones(int(is_asked.sum()), dtype=np.int64)
    return sparse.csr_array((ones, (unit[is_asked], row[is_asked])), shape=coordinates.shape)


def slice_occurrences(incidence: Incidence, code_sets: Sequence[CodeSet], selection: GroupSelection) -> Any:
    """Return slices x code sets: true where a coding of any member occurs that touches a turn of the group."""
    members = [
        (column, position) for position, row in enumerate(code_sets) for column in member_columns(row, incidence.codes)
    ]
    code, row = np.array(members, dtype=np.int64).reshape(-1, 2).T
    shape = (len(incidence.codes), len(code_sets))
    membership = sparse.csr_array((np.ones(len(code), dtype=np.int64), (code, row)), shape=shape)
    universe, slice_matrix = incidence.universe, incidence.slice_matrix
    if len(universe.part_transcript) > len(universe.transcripts):
        # A coding may reach into the line break before a turn of the group without touching the turn.
        slice_matrix = build_slice_matrix(incidence, selection.coding)
    return (slice_matrix.astype(np.int64) @ membership) > 0
