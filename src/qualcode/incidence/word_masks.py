"""Which participants' words are coded, belong to a group, or are where the coder was asked about a code."""

from __future__ import annotations

import numpy as np

from qualcode.incidence.case_groups import part_mask
from qualcode.incidence.code_sets import CodeSet, member_columns
from qualcode.incidence.frequency_counts import asked_transcript_mask
from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags


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
