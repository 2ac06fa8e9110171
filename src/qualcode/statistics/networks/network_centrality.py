"""Centrality of nodes in weighted graphs, for many graphs at once, and the backbone of a graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qualcode.statistics.networks.pair_measures import Floats, Ints

CENTRALITIES = ("degree", "strength", "betweenness", "closeness")
MOST_NODES = 60
"""Most nodes for which paths are computed in many graphs at once: the work grows with their third power."""
_VALUES_AT_ONCE = 60_000
"""Entries of matrices of several graphs at once, which stay in the processor's cache."""
_TOLERANCE = 1e-9
"""Share of a length by which two paths of equal length may differ as floating-point numbers."""


def measure_centrality(weights: Floats, *, paths: bool = True) -> dict[str, Floats]:
    """Return the centralities of nodes in undirected graphs.

    A path's length is the sum of 1 / weight of its edges, so that strong links are short. Nodes without an edge have
    0 in all measures, and so has the only node of a graph.

    Parameters
    ----------
    weights
        Symmetric matrices with zeros on the diagonal, shape (graphs, nodes, nodes); 0 or less is no edge.
    paths
        Whether measures of paths are computed, which takes long with many nodes.

    Returns
    -------
    dict of ndarray, shape (graphs, nodes)
        ``degree`` (number of edges), ``strength`` (sum of their weights), ``betweenness`` (share of the shortest paths
        between two other nodes that pass through the node, over all pairs of other nodes), and ``closeness`` (mean of
        1 / distance to all other nodes, 0 for those that no path reaches: harmonic centrality).

    References
    ----------
    Barrat, A., et al. (2004). The architecture of complex weighted networks. PNAS 101(11), 3747-3752 (strength).
    Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry 40(1), 35-41.
    Newman, M. E. J. (2001). Scientific collaboration networks, II. Physical Review E 64, 016132 (1 / weight).
    Marchiori, M., Latora, V. (2000). Harmony in the small-world. Physica A 285, 539-546 (closeness).
    """
    positive = np.where(weights > 0, weights, 0.0)
    by_edges = {"degree": (positive > 0).sum(axis=2).astype(np.float64), "strength": positive.sum(axis=2)}
    if not paths:
        return by_edges
    nodes = positive.shape[1]
    block = max(1, _VALUES_AT_ONCE // max(1, nodes * nodes))
    parts = [_measure_paths(positive[at : at + block]) for at in range(0, len(positive), block)]
    empty = np.zeros((0, nodes))
    return by_edges | {
        "betweenness": np.concatenate([between for between, _ in parts] or [empty]),
        "closeness": np.concatenate([close for _, close in parts] or [empty]),
    }


def _measure_paths(weights: Floats) -> tuple[Floats, Floats]:
    """Return betweenness and closeness, shape (graphs, nodes)."""
    distance, paths = _find_shortest_paths(weights)
    graphs, nodes = distance.shape[:2]
    closeness = np.divide(1.0, distance, out=np.zeros_like(distance), where=distance > 0).sum(axis=2)
    betweenness = np.zeros((graphs, nodes))
    # Pairs that no path joins have no limit that a path could keep.
    is_joined = np.isfinite(distance) & (distance > 0)
    limit = np.where(is_joined, distance * (1 + _TOLERANCE), -1.0)
    share = np.divide(1.0, paths, out=np.zeros_like(paths), where=is_joined)
    for node in range(nodes):
        on_path = distance[:, :, node, None] + distance[:, None, node, :] <= limit
        # A node has no paths to itself, so that paths from and to it count nothing.
        passing = (share * on_path) @ paths[:, :, node, None]
        betweenness[:, node] = (paths[:, None, node, :] @ passing)[:, 0, 0]
    pairs = (nodes - 1) * (nodes - 2)
    return betweenness / max(pairs, 1), closeness / max(nodes - 1, 1)


def _find_shortest_paths(weights: Floats) -> tuple[Floats, Floats]:
    """Return the lengths and numbers of shortest paths, shape (graphs, nodes, nodes), by Floyd and Warshall.

    Through each node in turn: paths that become shorter replace the others, paths as long are added to them.
    """
    distance = np.divide(1.0, weights, out=np.full_like(weights, np.inf), where=weights > 0)
    paths = (weights > 0).astype(np.float64)
    nodes = weights.shape[1]
    distance[:, np.arange(nodes), np.arange(nodes)] = 0
    for node in range(nodes):
        through = distance[:, :, node, None] + distance[:, None, node, :]
        joined = paths[:, :, node, None] * paths[:, None, node, :]
        joined *= through <= distance * (1 + _TOLERANCE)  # where either has no path there are none to add
        is_shorter = through < distance * (1 - _TOLERANCE)
        paths *= ~is_shorter
        paths += joined
        np.copyto(distance, through, where=is_shorter)
    return distance, paths


def disparity_p_values(weights: Floats, first: Ints, second: Ints) -> Floats:
    """Return for each edge how likely a weight as large is if its nodes divided theirs among their edges at random.

    Parameters
    ----------
    weights
        Positive weights of edges, shape (edges,).
    first, second
        Numbers of their nodes.

    Returns
    -------
    ndarray of float, shape (edges,)
        The smaller p-value of its two ends; 1 at an end with no other edge, which has nothing to divide.

    References
    ----------
    Serrano, M. A., Boguna, M., Vespignani, A. (2009). Extracting the multiscale backbone of complex weighted networks.
    PNAS 106(16), 6483-6488.

    Examples
    --------
    The first node has the weights 8, 1 and 1: (1 - 0.8) squared, (1 - 0.1) squared. The others have one edge each.

    >>> disparity_p_values(np.array([8.0, 1, 1]), np.array([0, 0, 0]), np.array([1, 2, 3])).round(2)
    array([0.04, 0.81, 0.81])
    """
    ends = np.concatenate([first, second])
    strength = np.bincount(ends, weights=np.concatenate([weights, weights]))
    degree = np.bincount(ends)
    share = [weights / strength[end] for end in (first, second)]
    others = [degree[end] - 1 for end in (first, second)]
    by_end = [np.where(count > 0, (1 - part) ** count, 1.0) for part, count in zip(share, others, strict=True)]
    p_values: NDArray[np.float64] = np.minimum(*by_end)
    return p_values
