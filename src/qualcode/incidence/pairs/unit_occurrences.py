"""Which units of a group carry which codes, families and themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.incidence.case_groups import coding_mask, make_mask, part_mask, unit_mask
from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.frequency_counts import asked_transcript_mask
from qualcode.incidence.matrix import Incidence, build_slice_matrix, membership_matrix
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True)
class UnitOccurrences:
    """Units x code sets in a group of cases, where the coder was asked."""

    matrix: Any
    """scipy.sparse.csr_array, units x code sets; what is stored is true, once."""
    asked: Flags
    """Code sets x transcripts: whether the coder was asked about the set in a transcript of the group."""
    unit_transcript: Ints
    transcript_units: Ints
    """Units of the group in each transcript, shape (transcripts,)."""

    def transcript_counts(self) -> Ints:
        """Return in how many units of each transcript a code set occurs, shape (transcripts, code sets)."""
        shape = len(self.transcript_units), self.matrix.shape[1]
        # Units are in the order of transcripts, so that the entries of a transcript are one range.
        first_unit = np.searchsorted(self.unit_transcript, np.arange(shape[0] + 1))
        entries = np.diff(self.matrix.indptr[first_unit])
        keys = np.repeat(np.arange(shape[0]) * shape[1], entries) + self.matrix.indices
        return np.bincount(keys, minlength=shape[0] * shape[1]).reshape(shape)


def find_unit_occurrences(incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags) -> UnitOccurrences:
    """Return which units carry which code sets in a group, given as a mask over members (a case in a part)."""
    universe = incidence.universe
    part = part_mask(universe, group)
    transcript = make_mask(universe.part_transcript[part], len(universe.transcripts))
    asked = ask_matrix(incidence, code_sets) & transcript
    if _has_one_part_each(universe):
        # A slice is a unit, and a transcript is in the group or not, which `asked` knows.
        occurs = _join_members(incidence.slice_matrix, incidence, code_sets)
        transcript_units = np.bincount(universe.unit_transcript, minlength=len(transcript)) * transcript
    else:
        # A coding may reach into the line break before a turn of the group without touching the turn.
        slices = build_slice_matrix(incidence, coding_mask(incidence, group))
        inside = part[universe.slice_part]
        occurs = _join_slices(universe, _join_members(slices, incidence, code_sets), inside)
        in_group = universe.unit_transcript[unit_mask(universe, group)]
        transcript_units = np.bincount(in_group, minlength=len(transcript))
    kept = occurs if asked.all() else _drop_unasked(occurs, asked, universe.unit_transcript)
    return UnitOccurrences(kept, asked, universe.unit_transcript, transcript_units)


def ask_matrix(incidence: Incidence, code_sets: Sequence[CodeSet]) -> Flags:
    """Return in which transcripts the coder was asked about which code set, code sets x transcripts."""
    masks = {families: asked_transcript_mask(incidence, one) for one in code_sets for families in [one.families]}
    # Without code sets the array would have one dimension only, hence the explicit shape.
    rows = [masks[code_set.families] for code_set in code_sets]
    return np.array(rows, dtype=bool).reshape(len(code_sets), len(incidence.universe.transcripts))


def _has_one_part_each(universe: Universe) -> bool:
    """Return whether every transcript is the text of the same cases throughout."""
    return len(universe.part_transcript) == len(universe.transcripts)


def _join_members(matrix: Any, incidence: Incidence, code_sets: Sequence[CodeSet]) -> Any:
    """Return slices x code sets from slices x codes: a set occurs wherever any member does."""
    members = membership_matrix(incidence.codes, code_sets)
    codes, sets = members.shape
    if codes == sets and (members != sparse.eye_array(codes, dtype=np.int32, format="csr")).nnz == 0:
        return matrix  # every set is one code, in the same order: nothing to join
    return matrix.astype(np.int32) @ members


def _join_slices(universe: Universe, occurs: Any, inside: Flags) -> Any:
    """Return units x code sets from slices x code sets: a unit carries what any of its slices in the group carries."""
    slices = np.flatnonzero(inside)
    coordinates = (universe.slice_unit[slices], slices)
    shape = (len(universe.unit_start), len(universe.slice_unit))
    membership = sparse.csr_array((np.ones(len(slices), dtype=np.int32), coordinates), shape=shape)
    return membership @ occurs.astype(np.int32)


def _drop_unasked(occurs: Any, asked: Flags, unit_transcript: Ints) -> Any:
    """Return units x code sets without transcripts in which the coder was not asked about the code set."""
    row = np.repeat(np.arange(occurs.shape[0]), np.diff(occurs.indptr))
    kept = asked[occurs.indices, unit_transcript[row]]
    indptr = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.bincount(row[kept], minlength=occurs.shape[0]))])
    return sparse.csr_array((np.ones(int(kept.sum()), dtype=bool), occurs.indices[kept], indptr), shape=occurs.shape)
