"""Co-occurrence as a networkx graph: the graph, its table of edges, its layout, GraphML and GEXF files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.files import remove_forbidden_characters
from qualcode.incidence import (
    CodeSet,
    Cooccurrence,
    Incidence,
    count_cooccurrence,
    count_frequencies,
    transcript_mask,
    unit_mask,
)
from qualcode.incidence.universe import Flags
from qualcode.model import family_of

GREY = "#7A7A7A"


def build_network(
    incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags, *, min_count: int = 1
) -> nx.Graph[str]:
    """Return the graph of all code sets, with an edge where two occur together in at least ``min_count`` units.

    Nodes have ``name``, ``family``, ``group``, ``level``, ``colour``, ``group_colour``, ``units``, ``codings``,
    ``cases`` and ``words``; edges ``count``, ``jaccard`` and ``weight`` (the count again, the name that layouts and
    Gephi expect); the graph has unit, coder and the size of its base. A code set has no edge to one that contains it.
    """
    graph: nx.Graph[str] = nx.Graph(**_graph_attributes(incidence, group))
    for code_set, (frequency,) in zip(code_sets, count_frequencies(incidence, code_sets, [group]), strict=True):
        graph.add_node(
            code_set.id,
            name=code_set.name,
            family=family_of(code_set.id),
            group=code_set.group,
            level=code_set.level,
            colour=code_set.colour or GREY,
            group_colour=code_set.group_colour or GREY,
            units=frequency.units,
            codings=frequency.codings,
            cases=frequency.cases,
            words=frequency.words,
        )
    graph.add_edges_from(_edges(count_cooccurrence(incidence, code_sets, group), min_count))
    return graph


def _graph_attributes(incidence: Incidence, group: Flags) -> dict[str, Any]:
    universe = incidence.universe
    return {
        "unit": str(universe.unit),
        "coder": incidence.coder,
        "universe_units": int(unit_mask(universe, group).sum()),
        "universe_transcripts": int(transcript_mask(universe, group).sum()),
    }


def _edges(counts: Cooccurrence, min_count: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    jaccard = counts.jaccard()
    for a, b in counts.pairs(min_count=max(1, min_count)):
        count = int(counts.joint_units[a, b])
        attributes = {"count": count, "jaccard": round(float(jaccard[a, b]), 6), "weight": count}
        yield counts.code_sets[a].id, counts.code_sets[b].id, attributes


def edge_table(graphs: Mapping[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
    """Return the edges of graphs, given by group, in one table; the most frequent of each graph first."""
    lines = [
        {
            "network": ": ".join(labels),
            "code_a": a,
            "code_b": b,
            "count": edge["count"],
            "jaccard": edge["jaccard"],
            "unit": graph.graph["unit"],
            "coder": graph.graph["coder"],
        }
        for labels, graph in graphs.items()
        for a, b, edge in sorted(graph.edges(data=True), key=lambda edge: (-edge[2]["count"], edge[0], edge[1]))
    ]
    table = pd.DataFrame(lines, columns="network code_a code_b count jaccard unit coder".split())
    return table if len(graphs) > 1 else table.drop(columns="network")


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


def clean_graph(graph: nx.Graph[str]) -> tuple[nx.Graph[str], int]:
    """Return a copy of a graph without the characters that network files and SVG cannot hold, and their number."""
    removed = 0

    def clean(value: Any) -> Any:
        nonlocal removed
        if not isinstance(value, str):
            return value
        text, count = remove_forbidden_characters(value)
        removed += count
        return text

    cleaned: nx.Graph[str] = nx.relabel_nodes(graph, {node: clean(node) for node in graph}, copy=True)
    parts = (
        cleaned.graph,
        *(node for _, node in cleaned.nodes(data=True)),
        *(edge for *_, edge in cleaned.edges(data=True)),
    )
    for attributes in parts:
        values = {clean(name): clean(value) for name, value in attributes.items()}
        attributes.clear()
        attributes.update(values)
    return cleaned, removed


def write_graphml(graph: nx.Graph[str], path: Path) -> None:
    """Write a graph as GraphML."""
    # One type for each attribute, even if some of its values are integers and others floats.
    nx.write_graphml(graph, path, infer_numeric_types=True)


def write_gexf(graph: nx.Graph[str], path: Path) -> None:
    """Write a graph as GEXF, with the label, colour and size of each node for Gephi."""
    with_looks = nx.Graph(graph)  # networkx copies the attributes of nodes, so the caller's graph stays as it is
    max_units: int = max((node["units"] for _, node in graph.nodes(data=True)), default=1) or 1
    for _, node in with_looks.nodes(data=True):
        red, green, blue = bytes.fromhex(node["colour"][1:])
        node["label"] = node["name"]
        node["viz"] = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            # The square root, so that the area and not the diameter grows with the number of units.
            "size": 8 + 32 * (node["units"] / max_units) ** 0.5,
        }
    nx.write_gexf(with_looks, path)
