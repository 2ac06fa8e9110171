"""Counts by cluster: the cases and transcripts that belong together, which are drawn and permuted together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.incidence.case_groups import GroupSelection, select_group
from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.frequency_counts import asked_transcript_mask
from qualcode.incidence.matrix import Incidence, membership_matrix
from qualcode.incidence.universe import Flags, Ints, Universe
from qualcode.statistics import Resampling, ratio_interval


@dataclass(frozen=True, slots=True)
class ClusterCounts:
    """Codings and words of one group by cluster, over one base: the transcripts where the coder was asked."""

    code_sets: Ints
    """Positions of the code sets that have this base."""
    codings: Any
    """scipy.sparse.csr_array of clusters x these code sets."""
    words: Ints
    """Participants' words, shape (clusters,); 0 where the group has none."""


def find_clusters(universe: Universe) -> Ints:
    """Return the cluster of each transcript, shape (transcripts,).

    Transcripts that share a case are in one cluster, and with them all cases that speak in these transcripts: their
    codings are not independent. In most studies a cluster is a case with its transcripts.
    """
    size = len(universe.transcripts)
    if len(universe.cases) == len(universe.member_case):
        return np.arange(size)  # no case is in two places
    transcript = universe.part_transcript[universe.member_part]
    total = size + len(universe.cases)
    edges = sparse.coo_array(
        (np.ones(len(transcript)), (transcript, size + universe.member_case)), shape=(total, total)
    )
    labels = sparse.csgraph.connected_components(edges, directed=False)[1][:size]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def count_clusters(incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags) -> list[ClusterCounts]:
    """Return the codings and words of a group by cluster, one entry for each distinct base of the code sets.

    ``group`` is a mask over members as in `count_frequencies`; sums over clusters are the counts of a `Frequency`.
    """
    return list(_count_bases(incidence, code_sets, select_group(incidence, group), find_clusters(incidence.universe)))


def _count_bases(
    incidence: Incidence, code_sets: Sequence[CodeSet], group: GroupSelection, clusters: Ints
) -> Iterator[ClusterCounts]:
    size = int(clusters.max(initial=-1)) + 1
    memberships = membership_matrix(incidence.codes, code_sets)
    for positions, asked in group_by_base(incidence, code_sets):
        counted = np.flatnonzero(group.coding & asked[incidence.coding_transcript])
        cluster = clusters[incidence.coding_transcript[counted]]
        cells = (np.ones(len(counted)), (cluster, incidence.coding_code[counted]))
        by_code = sparse.coo_array(cells, shape=(size, len(incidence.codes))).tocsr()
        words = np.bincount(clusters, weights=group.transcript_words * asked, minlength=size).astype(np.int64)
        yield ClusterCounts(positions, (by_code @ memberships[:, positions]).tocsr(), words)


def group_by_base(incidence: Incidence, code_sets: Sequence[CodeSet]) -> Iterator[tuple[Ints, Flags]]:
    """Yield each distinct mask of asked transcripts with the positions of the code sets that have it."""
    masks: dict[bytes, Flags] = {}
    positions: dict[bytes, list[int]] = {}
    for position, code_set in enumerate(code_sets):
        asked = asked_transcript_mask(incidence, code_set)
        masks[asked.tobytes()] = asked
        positions.setdefault(asked.tobytes(), []).append(position)
    for key, asked in masks.items():
        yield np.array(positions[key], dtype=np.int64), asked


def estimate_rate_intervals(
    incidence: Incidence, code_sets: Sequence[CodeSet], groups: Sequence[Flags], resampling: Resampling
) -> tuple[Any, Any]:
    """Return the bounds of codings per 1,000 words, each of shape (code sets, groups); NaN where there is none.

    Clusters of a group are resampled; see `ratio_interval` for the method.
    """
    low, high = np.full((2, len(code_sets), len(groups)), np.nan)
    clusters = find_clusters(incidence.universe)
    for column, mask in enumerate(groups):
        for counts in _count_bases(incidence, code_sets, select_group(incidence, mask), clusters):
            bounds = ratio_interval(counts.codings, counts.words, resampling)
            low[counts.code_sets, column], high[counts.code_sets, column] = (1000 * bound for bound in bounds)
    return low, high
