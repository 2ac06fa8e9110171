"""Agreement on sets of codes: distances between sets, and Krippendorff's alpha with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from qualcode.agreement.estimates import Estimate, estimate
from qualcode.agreement.group_sums import GroupSums
from qualcode.agreement.nominal_agreement import divide
from qualcode.agreement.rating_patterns import MISSING, Floats, Ints, RatingPatterns
from qualcode.statistics import Resampling

SetDistance = Callable[[Floats, Floats, Floats], Floats]
"""From the numbers of codes in both, in the first and in the second set to a distance from 0 to 1."""

_ELEMENTS_AT_ONCE = 2_000_000
NOTHING_VARIES = "nothing varies: all sets of codes are the same"


@dataclass(frozen=True, slots=True)
class LabelSets:
    """Distinct sets of codes, as rows: shape (sets, codes), True where the set has the code."""

    members: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.members)


def number_sets(members: NDArray[np.bool_]) -> tuple[LabelSets, Ints]:
    """Return the distinct rows of sets, shape (ratings, codes), and the number of each row's set, shape (ratings,).

    Examples
    --------
    >>> sets, numbers = number_sets(np.array([[True, False], [False, False], [True, False]]))
    >>> sets.members.tolist(), numbers.tolist()
    ([[False, False], [True, False]], [1, 0, 1])
    """
    packed = np.packbits(members.astype(bool), axis=1)
    if not packed.shape[1]:
        return LabelSets(members[:1]), np.zeros(len(members), dtype=np.int64)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    _, first, numbers = np.unique(rows, return_index=True, return_inverse=True)
    return LabelSets(members[first]), numbers.reshape(-1).astype(np.int64)


def jaccard_distance(both: Floats, first: Floats, second: Floats) -> Floats:
    """Return 1 less the share of codes in both among those in either; 0 between two empty sets.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
    """
    either = first + second - both
    return 1 - np.divide(both, either, out=np.ones_like(both), where=either > 0)


def masi_distance(both: Floats, first: Floats, second: Floats) -> Floats:
    """Return 1 - Jaccard * M; M is 1 for equal sets, 2/3 if one contains the other, 1/3 if they overlap, else 0.

    Two empty sets are equal: their distance is 0. Other programs use other constants under the name of MASI.

    References
    ----------
    Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation. LREC.
    """
    smaller, larger = np.minimum(first, second), np.maximum(first, second)
    monotonicity = np.where(both == smaller, np.where(both == larger, 1, 2 / 3), 1 / 3)
    return 1 - (1 - jaccard_distance(both, first, second)) * monotonicity


@dataclass(frozen=True, slots=True)
class DistanceSums(GroupSums):
    """Sums of distances between ratings, with the leading axes of `GroupSums`.

    Attributes
    ----------
    paired_units : ndarray of float, shape (...)
    ratings : ndarray of float, shape (...)
        Ratings of units with at least two.
    observed : ndarray of float, shape (...)
        Distances within units: over ordered pairs of a unit's m ratings, divided by m - 1.
    expected : ndarray of float, shape (groups, groups) or (...)
        Distances between all ratings of two groups, over ordered pairs.
    """

    paired_units: Floats
    ratings: Floats
    observed: Floats
    expected: Floats

    between_groups = frozenset({"expected"})


def distance_alpha(
    patterns: RatingPatterns,
    sets: LabelSets,
    *,
    distance: SetDistance,
    resampling: Resampling | None = None,
    draws: Floats | None = None,
) -> Estimate:
    """Return Krippendorff's alpha of sets of codes: 1 - D_o / D_e with a distance between sets.

    D_o is the mean distance within units, each weighted by its number of ratings; D_e the mean distance between any
    two of all n ratings.

    Parameters
    ----------
    patterns
        Ratings whose values are numbers of sets.
    sets
        The sets.
    distance
        `masi_distance` or `jaccard_distance`.
    resampling, draws
        As in `estimate`.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Passonneau (2006), see `masi_distance`.
    """
    sums = sum_distances(patterns, sets, distance=distance)
    return estimate(alpha_of_distances, sums, explain=lambda total: NOTHING_VARIES, resampling=resampling, draws=draws)


def alpha_of_distances(sums: DistanceSums) -> Floats:
    """Return 1 - D_o / D_e from sums of distances, NaN where all ratings are the same."""
    observed = divide(sums.observed, sums.ratings)
    return 1 - divide(observed, divide(sums.expected, sums.ratings * (sums.ratings - 1)))


def sum_distances(patterns: RatingPatterns, sets: LabelSets, *, distance: SetDistance) -> DistanceSums:
    """Return the sums of distances of each group, in blocks: not all pairs of sets are in memory at once."""
    ratings = patterns.ratings
    paired = (ratings >= 2).astype(np.float64)
    used = [patterns.sum_by_value([paired], coder)[0] for coder in range(patterns.n_coders)]
    return DistanceSums(
        paired_units=patterns.sum_by_group(paired),
        ratings=patterns.sum_by_group(paired * ratings),
        observed=patterns.sum_by_group(_distances_within(patterns.values, sets, distance=distance)),
        expected=_distances_between(np.sum(used, axis=0), sets, distance=distance),
    )


def _distances_within(values: Ints, sets: LabelSets, *, distance: SetDistance) -> Floats:
    """Return, for each pattern, the distances over ordered pairs of its m ratings, divided by m - 1."""
    result = np.zeros(len(values))
    pairs = np.maximum((values != MISSING).sum(axis=1) - 1, 1)
    for first, second in combinations(values.T, 2):
        rated = np.flatnonzero((first != MISSING) & (second != MISSING) & (first != second))
        result[rated] += 2 * _distances_of_pairs(first[rated], second[rated], sets, distance=distance) / pairs[rated]
    return result


def _distances_of_pairs(first: Ints, second: Ints, sets: LabelSets, *, distance: SetDistance) -> Floats:
    """Return the distance of each pair of sets, shape (pairs,); equal pairs are computed once."""
    keys, position = np.unique(first * len(sets) + second, return_inverse=True)
    one, other = keys // len(sets), keys % len(sets)
    sizes = sets.members.sum(axis=1).astype(np.float64)
    both = np.concatenate(
        [(sets.members[one[part]] & sets.members[other[part]]).sum(axis=1) for part in _parts(len(keys), sets)]
        or [np.zeros(0)]
    ).astype(np.float64)
    distances: Floats = distance(both, sizes[one], sizes[other])[position.reshape(-1)]
    return distances


def _distances_between(used: Floats, sets: LabelSets, *, distance: SetDistance) -> Floats:
    """Return the sum of distances between all ratings of two groups: N D N' from numbers of sets, (groups, sets)."""
    occurring = np.flatnonzero(used.any(axis=0))
    numbers, members = used[:, occurring], sets.members[occurring].astype(np.float32)
    sizes = members.sum(axis=1).astype(np.float64)
    total = np.zeros((len(used), len(used)))
    rows = max(1, _ELEMENTS_AT_ONCE // max(1, len(occurring)))
    for start in range(0, len(occurring), rows):
        part = slice(start, start + rows)
        both = (members[part] @ members[start:].T).astype(np.float64)
        distances = distance(both, sizes[part, None], sizes[None, start:])
        distances[:, : len(both)] /= 2  # distances are symmetric: only those to later sets, and half of those within
        half = numbers[:, part] @ (distances @ numbers[:, start:].T)
        total += half + half.T
    return total


def _parts(length: int, sets: LabelSets) -> Iterator[slice]:
    """Yield slices of pairs whose members fit into memory."""
    rows = max(1, _ELEMENTS_AT_ONCE // max(1, sets.members.shape[1]))
    yield from (slice(start, start + rows) for start in range(0, length, rows))
