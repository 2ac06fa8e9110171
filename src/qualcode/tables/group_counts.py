"""Counts of code sets by group as arrays, with those of clusters, for comparisons of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence import ClusterCounts, CodeSet, Incidence, count_clusters, count_frequencies
from qualcode.incidence.universe import Flags

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Counts of shape (code sets, groups)."""

    cases: Floats
    sizes: Floats
    """Cases of the base."""
    codings: Floats
    words: Floats
    """Participants' words of the base."""
    clusters: Sequence[Sequence[ClusterCounts]]
    """By group, then by base."""
    group_cases: Sequence[frozenset[int]]
    """The numbers of the cases of each group."""

    @property
    def shared_cases(self) -> int:
        """How many cases are in several of the groups."""
        return sum(map(len, self.group_cases)) - len(frozenset[int]().union(*self.group_cases))

    def take(self, groups: Sequence[int]) -> GroupCounts:
        """Return the counts of some groups, in that order."""
        cases, sizes, codings, words = (
            counts[:, groups] for counts in (self.cases, self.sizes, self.codings, self.words)
        )
        clusters = [self.clusters[group] for group in groups]
        return GroupCounts(cases, sizes, codings, words, clusters, [self.group_cases[group] for group in groups])


def count_groups(incidence: Incidence, code_sets: Sequence[CodeSet], groups: Sequence[Flags]) -> GroupCounts:
    """Return the counts of code sets in groups, which are masks over members as in `count_frequencies`."""
    frequencies = count_frequencies(incidence, code_sets, groups)
    counts = [
        [(cell.cases, cell.universe_cases, cell.codings, cell.universe_words) for cell in row] for row in frequencies
    ]
    arrays = np.array(counts, dtype=np.float64).reshape(len(code_sets), len(groups), 4)
    cases, sizes, codings, words = np.moveaxis(arrays, 2, 0)
    return GroupCounts(
        cases,
        sizes,
        codings,
        words,
        clusters=[count_clusters(incidence, code_sets, group) for group in groups],
        group_cases=[frozenset(incidence.universe.member_case[group].tolist()) for group in groups],
    )
