"""Likeness of two partitions of the same nodes."""

from __future__ import annotations

import numpy as np

from qualcode.statistics.networks.pair_measures import Floats, Ints


def adjusted_rand_index(first: Ints, second: Ints) -> float:
    """Return how far two partitions agree on which nodes are together: 1 the same, 0 as by chance.

    NaN where chance cannot differ: fewer than two nodes.

    References
    ----------
    Hubert, L., Arabie, P. (1985). Comparing partitions. Journal of Classification 2(1), 193-218.

    Examples
    --------
    >>> round(adjusted_rand_index(np.array([1, 1, 2, 2]), np.array([1, 1, 2, 3])), 4)
    0.5714
    """
    if len(first) < 2:
        return float("nan")
    _, rows = np.unique(first, return_inverse=True)
    _, columns = np.unique(second, return_inverse=True)
    table = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(table, (rows, columns), 1)
    together, in_first, in_second = (_count_pairs(sizes) for sizes in (table, table.sum(axis=1), table.sum(axis=0)))
    expected = in_first * in_second / _count_pairs(np.array([float(len(first))]))
    most = (in_first + in_second) / 2
    # Both are one community, or both are all single nodes: the same partition.
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _count_pairs(sizes: Floats) -> float:
    return float((sizes * (sizes - 1) / 2).sum())
