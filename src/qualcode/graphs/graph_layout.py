"""Positions of the nodes of a co-occurrence graph."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray


def compute_layout(graph: nx.Graph[str]) -> dict[str, tuple[float, float]]:
    """Return x and y for every node that occurs: the more often two occur together, the closer they are.

    Kamada and Kawai's layout with distances that decrease with the square root of the Jaccard coefficient, started
    from a circle in the codebook's order; overlapping nodes are then moved apart. It is deterministic.

    References
    ----------
    Kamada, T., and Kawai, S. (1989). An algorithm for drawing general undirected graphs. Information Processing
    Letters 31(1), 7-15.
    """
    nodes = [name for name, node in graph.nodes(data=True) if node["units"]]
    if len(nodes) < 2:
        return dict.fromkeys(nodes, (0.0, 0.0))
    max_jaccard = max((edge["jaccard"] for _, _, edge in graph.edges(data=True)), default=0.0) or 1.0
    # From 0.4 for the pair that is together most to 1.3 for pairs that never are.
    distance = {name: dict.fromkeys(nodes, 1.3) for name in nodes}
    for a, b, edge in graph.edges(data=True):
        distance[a][b] = distance[b][a] = 1.3 - 0.9 * float((edge["jaccard"] / max_jaccard) ** 0.5)
    # A complete graph of the nodes, as the order of nodes in a networkx subgraph varies between processes.
    complete = nx.complete_graph(nodes)
    positions = nx.kamada_kawai_layout(complete, dist=distance, pos=nx.circular_layout(complete))
    return _separate_nodes(nodes, np.array([positions[node] for node in nodes]))


def _separate_nodes(
    nodes: Sequence[str], positions: NDArray[np.float64], *, rounds: int = 200
) -> dict[str, tuple[float, float]]:
    """Move nodes, shape (nodes, 2), apart until none is within a label's width and height of another."""
    positions = positions.copy()
    # Width and height of a label in units of the layout; less with more than 24 nodes, which have less room each.
    label_size = np.array([0.30, 0.20]) * min(1.0, (24 / len(nodes)) ** 0.5)
    for _ in range(rounds):
        gap = positions[:, None, :] - positions[None, :, :]
        overlaps = (np.abs(gap) < label_size).all(axis=2) & ~np.eye(len(nodes), dtype=bool)
        if not overlaps.any():
            break
        missing = (label_size - np.abs(gap)) * np.where(gap >= 0, 1, -1)
        shorter_axis = np.abs(missing).argmin(axis=2)
        push = np.take_along_axis(missing, shorter_axis[..., None], axis=2)[..., 0] * overlaps
        for axis in (0, 1):
            # Part of the way only: all nodes move at once, and whole steps would create new overlaps.
            positions[:, axis] += 0.3 * (push * (shorter_axis == axis)).sum(axis=1)
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, positions, strict=True)}
