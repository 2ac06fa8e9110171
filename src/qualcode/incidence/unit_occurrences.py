"""Where code sets occur: by unit of analysis, by transcript, and by participants' word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qualcode.incidence.case_groups import part_mask, select_group, unit_mask
from qualcode.incidence.code_sets import CodeSet, member_columns
from qualcode.incidence.cooccurrence_counts import drop_unasked, slice_occurrences, slices_to_units
from qualcode.incidence.frequency_counts import asked_transcript_mask
from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints


def find_occurrences(incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags) -> Any:
    """Return in which units of a group each code set occurs.

    Parameters
    ----------
    incidence
        One coder's incidence.
    code_sets
        Codes, families, themes.
    group
        A mask over members, shape (members,), as in `count_frequencies`.

    Returns
    -------
    scipy.sparse.csr_array of int, shape (units, code sets)
        1 where the code set occurs, in transcripts of the group in which the coder was asked about it.
    """
    universe = incidence.universe
    selection = select_group(incidence, group)
    asked = np.array(
        [asked_transcript_mask(incidence, row) & selection.transcript for row in code_sets], dtype=np.int64
    ).reshape(len(code_sets), len(universe.transcripts))
    in_units = slices_to_units(universe, slice_occurrences(incidence, code_sets, selection), selection.slice)
    return drop_unasked(in_units, asked, universe.unit_transcript)


def find_transcripts_with(incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags) -> Flags:
    """Return in which transcripts of a group each code set occurs, shape (transcripts, code sets)."""
    universe = incidence.universe
    unit, column = find_occurrences(incidence, code_sets, group).nonzero()
    present = np.zeros((len(universe.transcripts), len(code_sets)), dtype=bool)
    present[universe.unit_transcript[unit], column] = True
    return present


def list_group_units(incidence: Incidence, group: Flags) -> Ints:
    """Return the numbers of the units with words of a group, ascending."""
    return np.flatnonzero(unit_mask(incidence.universe, group))


def mark_coded_words(incidence: Incidence, code_set: CodeSet) -> Flags:
    """Return which participants' words are in a passage with a code of a code set, shape (words,)."""
    members = np.isin(incidence.coding_code, member_columns(code_set, incidence.codes))
    first, last = incidence.universe.word_ranges(incidence.coding_start[members], incidence.coding_end[members])
    # Passages may overlap: each adds one from its first word on and takes it away after its last.
    change = np.zeros(len(incidence.universe.word_start) + 1, dtype=np.int64)
    np.add.at(change, first, 1)
    np.add.at(change, last, -1)
    return np.asarray(np.cumsum(change[:-1]) > 0)


def mark_group_words(incidence: Incidence, group: Flags) -> Flags:
    """Return which participants' words are those of a group, shape (words,)."""
    universe = incidence.universe
    return np.asarray(part_mask(universe, group)[universe.word_part])


def mark_asked_words(incidence: Incidence, code_set: CodeSet) -> Flags:
    """Return which participants' words are in transcripts where the coder was asked about a code set, (words,)."""
    return np.repeat(asked_transcript_mask(incidence, code_set), incidence.universe.transcript_words)
