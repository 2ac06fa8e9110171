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
    count_pairs_by_mask,
    count_pairs_by_transcript,
)
from qualcode.incidence.universe import Flags, Ints
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.statistics import Resampling, adjust_p_values, compare_shares

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
        groups = [(": ".join(values), mask) for values, mask in masks.items()]
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
    found, is_first = _count_by_case(incidence, code_sets, first_mask, second_mask)
    pairs = [one.pair_counts(found.first, found.second) for one in counts]
    result = compare_shares(
        found.counts.joint.astype(np.float64),
        found.counts.units.astype(np.float64),
        is_first,
        resampling=resampling,
        permutations=permutations,
    )
    columns = {
        "count_1": pairs[0].joint,
        "count_2": pairs[1].joint,
        "units_1": pairs[0].units,
        "units_2": pairs[1].units,
        "share_1": _divide(pairs[0].joint, pairs[0].units),
        "share_2": _divide(pairs[1].joint, pairs[1].units),
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


def _divide(counts: Ints, units: Ints) -> Any:
    return np.divide(counts, units, out=np.full(len(counts), np.nan), where=units > 0).round(6)


def _count_by_case(
    incidence: Incidence, code_sets: Sequence[CodeSet], first: Flags, second: Flags
) -> tuple[ClusterPairs, Flags]:
    """Return the counts of pairs in each case of two groups, and which cases are in the first group."""
    universe = incidence.universe
    members = np.flatnonzero(first | second)
    # A case in both groups, as by transcript, is a case of its own in each.
    keys = universe.member_case[members] * 2 + first[members]
    cases, case = np.unique(keys, return_inverse=True)
    found = count_pairs_by_transcript(incidence, code_sets, first | second)
    if len(universe.member_part) == len(universe.transcripts):
        # Each transcript is one case: those of a case are added up.
        transcripts = universe.part_transcript[universe.member_part[members]]
        chosen = found.counts.map(lambda counts: counts[transcripts])
        return add_clusters(ClusterPairs(found.first, found.second, chosen), case, len(cases)), cases % 2 == 1
    masks = []
    for number in range(len(cases)):
        mask = np.zeros(len(first), dtype=bool)
        mask[members[case == number]] = True
        masks.append(mask)
    return count_pairs_by_mask(incidence, code_sets, masks, (found.first, found.second)), cases % 2 == 1
