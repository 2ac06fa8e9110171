"""Counts of pairs by transcript or case, of which resamples and permutations are sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.matrix import Incidence
from qualcode.incidence.pairs.cooccurrence_counts import Cooccurrence, Positions, count_cooccurrence, list_pair_keys
from qualcode.incidence.pairs.unit_occurrences import find_unit_occurrences
from qualcode.incidence.universe import Flags, Ints
from qualcode.statistics import PairCounts

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ClusterPairs:
    """Pairs of code sets, and their counts in each cluster (a transcript, or a case), shape (clusters, pairs).

    Counts are floats, since numpy has no fast product of integers.
    """

    first: Positions
    second: Positions
    counts: PairCounts

    @property
    def is_filled(self) -> Flags:
        """Which clusters have units in which the coder was asked about some pair, shape (clusters,)."""
        filled: Flags = np.any(self.counts.units > 0, axis=1)
        return filled

    def combine(self, weights: Any) -> PairCounts:
        """Return the counts of samples of clusters, shape (samples, pairs).

        ``weights`` say how often each cluster is in a sample, an array or sparse array of shape (samples, clusters).
        """
        return self.counts.map(lambda counts: weights @ counts)

    def combine_joint(self, weights: Floats) -> Floats:
        """Return only the joint counts of samples of clusters."""
        joint: Floats = weights @ self.counts.joint
        return joint


def count_pairs_by_transcript(
    incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags, *, counts_of_group: Cooccurrence | None = None
) -> ClusterPairs:
    """Return the pairs that occur together in a group, and their counts in each transcript.

    ``counts_of_group`` are those of the group, if the caller has them.
    """
    whole = counts_of_group or count_cooccurrence(incidence, code_sets, group)
    first, second = whole.select_pairs(min_count=1)
    if not whole.has_units:
        universe = incidence.universe
        member_transcript = universe.part_transcript[universe.member_part]
        masks = [group & (member_transcript == number) for number in range(len(universe.transcripts))]
        return count_pairs_by_mask(incidence, code_sets, masks, (first, second))
    found = find_unit_occurrences(incidence, code_sets, group)
    transcripts = len(found.transcript_units)
    first_unit = np.searchsorted(found.unit_transcript, np.arange(transcripts + 1))
    joint = np.zeros((transcripts, len(first)), dtype=np.int64)
    size = len(code_sets)
    wanted = first.astype(np.int64) * size + second
    indptr = found.matrix.indptr
    for number in range(transcripts):
        rows = indptr[first_unit[number] : first_unit[number + 1] + 1]
        keys = list_pair_keys(found.matrix.indices[rows[0] : rows[-1]].astype(np.int64), rows - rows[0], size)
        # The columns of a row need not ascend.
        low, high = np.minimum(keys // size, keys % size), np.maximum(keys // size, keys % size)
        at = np.searchsorted(wanted, low * size + high)
        is_wanted = np.append(wanted, -1)[at] == low * size + high
        joint[number] = np.bincount(at[is_wanted], minlength=len(first))
    asked = found.asked.astype(np.int64)
    in_transcript = found.transcript_counts()
    counts = PairCounts.of_units(
        joint,
        in_transcript[:, first] * asked[second].T,
        in_transcript[:, second] * asked[first].T,
        found.transcript_units[:, None] * asked[first].T * asked[second].T,
    )
    return ClusterPairs(first, second, counts.map(_to_floats))


def count_pairs_by_mask(
    incidence: Incidence, code_sets: Sequence[CodeSet], masks: Sequence[Flags], pairs: tuple[Positions, Positions]
) -> ClusterPairs:
    """Return counts of pairs in clusters, given as masks over members."""
    by_cluster = [count_cooccurrence(incidence, code_sets, mask).pair_counts(*pairs) for mask in masks]
    return ClusterPairs(*pairs, PairCounts.stack(by_cluster, pairs=len(pairs[0])).map(_to_floats))


def _to_floats(counts: Ints) -> Floats:
    return counts.astype(np.float64)


def add_clusters(found: ClusterPairs, cluster: Ints, clusters: int) -> ClusterPairs:
    """Return the counts of larger clusters; ``cluster`` is the number of that to which each one belongs."""
    # Sparse: with thousands of clusters a dense matrix would be larger than the counts.
    weights = sparse.csr_array((np.ones(len(cluster)), (cluster, np.arange(len(cluster)))), (clusters, len(cluster)))
    return ClusterPairs(found.first, found.second, found.combine(weights))
