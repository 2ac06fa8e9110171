"""Rows on pairs of codes that occur together more often in one group of cases than in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from qualcode.errors import UsageError, name_option
from qualcode.incidence import (
    ClusterPairs,
    CodeSet,
    Incidence,
    add_clusters,
    count_cooccurrence,
    count_pairs_by_transcript,
    find_clusters,
    transcript_mask,
)
from qualcode.incidence.universe import Flags
from qualcode.listings.counted_incidences import IncidenceSet, compared_groups
from qualcode.statistics import Resampling, ShareDifference, adjust_p_values, compare_shares, divide

DIFFERENCE_COLUMNS = (
    "code_a code_b group_1 group_2 count_1 count_2 units_1 units_2 share_1 share_2 difference difference_low "
    "difference_high p_permutation q_permutation unit coder"
).split()
Group = tuple[str, Flags]


def difference_rows(
    counted: IncidenceSet, *, min_count: int, resampling: Resampling, permutations: int
) -> list[dict[str, Any]]:
    """Return how pairs differ between each two groups, the largest differences first.

    Raises
    ------
    UsageError
        If the options make fewer than two groups.
    """
    rows = []
    for incidence, masks in zip(counted.incidences, counted.group_masks, strict=True):
        groups = [(": ".join(values), mask) for values, mask in compared_groups(masks).items()]
        if len(groups) < 2:
            raise UsageError(f"a difference needs two groups: {name_option('by')} an attribute that has two values")
        for first, second in combinations(groups, 2):
            found = _compare_groups(incidence, counted.code_sets, (first, second), resampling, permutations)
            rows += sorted(
                (row for row in found if row["count_1"] + row["count_2"] >= min_count),
                key=lambda row: (-abs(np.nan_to_num(row["difference"])), row["code_a"], row["code_b"]),
            )
    return rows


def _compare_groups(
    incidence: Incidence,
    code_sets: Sequence[CodeSet],
    groups: tuple[Group, Group],
    resampling: Resampling,
    permutations: int,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each pair that occurs together in either of two groups."""
    (first_name, first_mask), (second_name, second_mask) = groups
    counts = [count_cooccurrence(incidence, code_sets, mask) for mask in (first_mask, second_mask)]
    found, is_first, is_shared = _count_by_cluster(incidence, code_sets, first_mask, second_mask)
    pairs = [one.pair_counts(found.first, found.second) for one in counts]
    shares = [divide(one.joint, one.units) for one in pairs]
    difference, undefined = shares[0] - shares[1], np.full(len(found.first), np.nan)
    result = (
        ShareDifference(difference, undefined, undefined, undefined)
        if is_shared
        else compare_shares(
            found.counts.joint, found.counts.units, is_first, resampling=resampling, permutations=permutations
        )
    )
    columns = {
        "count_1": pairs[0].joint,
        "count_2": pairs[1].joint,
        "units_1": pairs[0].units,
        "units_2": pairs[1].units,
        "share_1": shares[0].round(6),
        "share_2": shares[1].round(6),
        "difference": result.difference.round(6),
        "difference_low": result.low.round(6),
        "difference_high": result.high.round(6),
        "p_permutation": result.p_values,
        "q_permutation": adjust_p_values(result.p_values),
    }
    labels = {"group_1": first_name, "group_2": second_name, "unit": incidence.pair_unit, "coder": incidence.coder}
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    for a, b, values in zip(found.first.tolist(), found.second.tolist(), rows, strict=True):
        codes = {"code_a": code_sets[a].id, "code_b": code_sets[b].id}
        yield codes | labels | dict(zip(columns, values, strict=True))


def _count_by_cluster(
    incidence: Incidence, code_sets: Sequence[CodeSet], first: Flags, second: Flags
) -> tuple[ClusterPairs, Flags, bool]:
    """Return the counts of pairs in each cluster of cases, which are in the first group, and whether any are in both.

    A unit of a focus group may be of several cases: counted by cluster, it is counted once. The counts are those of
    both groups together, so that they mean nothing if a cluster is in both.
    """
    clusters = find_clusters(incidence.universe)
    in_first, in_second = (clusters[transcript_mask(incidence.universe, group)] for group in (first, second))
    found = count_pairs_by_transcript(incidence, code_sets, first | second)
    counted, cluster = np.unique(clusters, return_inverse=True)
    kept = np.isin(counted, np.concatenate([in_first, in_second]))
    by_cluster = add_clusters(found, cluster, len(counted))
    counts = by_cluster.counts.map(lambda values: values[kept])
    is_shared = bool(np.isin(in_first, in_second).any())
    return ClusterPairs(found.first, found.second, counts), np.isin(counted[kept], in_first), is_shared
