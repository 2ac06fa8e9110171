"""Communities and centralities of the nodes of a graph."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from qualcode.statistics import measure_centrality

Floats = NDArray[np.float64]


def node_centralities(graph: nx.Graph[str]) -> dict[str, dict[str, float]]:
    """Return the centralities of each node by name; of a node without an edge, all are 0."""
    found = measure_centrality(weight_matrix(graph)[None])
    return {
        node: {
            name: int(values[0, at]) if name == "degree" else round(float(values[0, at]), 6)
            for name, values in found.items()
        }
        for at, node in enumerate(graph)
    }


def find_communities(graph: nx.Graph[str], *, seed: int = 0) -> dict[str, int]:
    """Return the community of each node as a number from 1, the largest first; 0 without an edge.

    References
    ----------
    Blondel, V. D., Guillaume, J.-L., Lambiotte, R., Lefebvre, E. (2008). Fast unfolding of communities in large
    networks. Journal of Statistical Mechanics P10008.
    """
    numbers = partition(weight_matrix(graph), seed=seed)
    return dict(zip(graph, numbers.tolist(), strict=True))


def partition(weights: Floats, *, seed: int = 0) -> NDArray[np.int64]:
    """Return the community of each node of a matrix of weights, shape (nodes,), as in `find_communities`."""
    # Numbers as nodes, in ascending order, since sets of texts have another order in each process.
    numbered: nx.Graph[int] = nx.Graph()
    rows, columns = np.nonzero(np.triu(weights > 0, 1))
    numbered.add_nodes_from(np.unique([rows, columns]).tolist())
    numbered.add_weighted_edges_from(zip(rows.tolist(), columns.tolist(), weights[rows, columns].tolist(), strict=True))
    communities = nx.community.louvain_communities(numbered, weight="weight", seed=seed) if len(numbered) else []
    ordered = sorted(map(sorted, communities), key=lambda members: (-len(members), members))
    numbers = np.zeros(len(weights), dtype=np.int64)
    for number, members in enumerate(ordered, start=1):
        numbers[members] = number
    return numbers


def modularity(weights: Floats, communities: NDArray[np.int64]) -> float:
    """Return the modularity of a partition: how much more weight is within communities than by chance; NaN if none.

    References
    ----------
    Newman, M. E. J. (2004). Analysis of weighted networks. Physical Review E 70, 056131.
    """
    strength = weights.sum(axis=1)
    total = strength.sum()
    if not total:
        return float("nan")
    same = communities[:, None] == communities
    return float(((weights - np.outer(strength, strength) / total) * same).sum() / total)


def weight_matrix(graph: nx.Graph[str]) -> Floats:
    """Return the weights of a graph as a symmetric matrix in the order of its nodes; 0 is no edge."""
    number: Mapping[str, int] = {node: position for position, node in enumerate(graph)}
    weights = np.zeros((len(graph), len(graph)))
    for a, b, edge in graph.edges(data=True):
        weights[number[a], number[b]] = weights[number[b], number[a]] = edge["weight"]
    return weights
