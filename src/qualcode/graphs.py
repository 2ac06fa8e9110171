"""Co-occurrence as a networkx graph, its layout, and files that Gephi and others open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def build_network(counted: Incidence, rows: Sequence[CodeSet], group: Flags, *, min_count: int = 1) -> nx.Graph[str]:
    """Return the graph of all rows, with an edge where two occur together in at least ``min_count`` units.

    Nodes carry ``name``, ``family``, ``level``, ``colour``, ``units``, ``codings``, ``cases`` and ``words``; edges
    ``count``, ``jaccard`` and ``weight`` (the count again, which layouts and Gephi look for); the graph itself
    says unit, coder and what it was counted over. A row and one it is part of have no edge.
    """
    graph: nx.Graph[str] = nx.Graph(**_graph_attributes(counted, group))
    for row, (found,) in zip(rows, count_frequencies(counted, rows, [group]), strict=True):
        graph.add_node(
            row.id,
            name=row.name,
            family=family_of(row.id),
            group=row.group,
            level=row.level,
            colour=row.colour or GREY,
            group_colour=row.group_colour or GREY,
            units=found.units,
            codings=found.codings,
            cases=found.cases,
            words=found.words,
        )
    graph.add_edges_from(_edges(count_cooccurrence(counted, rows, group), min_count))
    return graph


def _graph_attributes(counted: Incidence, group: Flags) -> dict[str, Any]:
    over = counted.universe
    return {
        "unit": str(over.unit),
        "coder": counted.coder,
        "universe_units": int(unit_mask(over, group).sum()),
        "universe_transcripts": int(transcript_mask(over, group).sum()),
    }


def _edges(found: Cooccurrence, min_count: int) -> list[tuple[str, str, dict[str, Any]]]:
    jaccard = found.jaccard()
    edges = []
    for a, b in found.pairs(min_count=max(1, min_count)):
        count = int(found.joint_units[a, b])
        said = {"count": count, "jaccard": round(float(jaccard[a, b]), 6), "weight": count}
        edges.append((found.code_sets[a].id, found.code_sets[b].id, said))
    return edges


def edge_table(graphs: Mapping[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
    """Return the edges of graphs by group, the heaviest of each first."""
    lines = [
        {
            "network": ": ".join(labels),
            "code_a": a,
            "code_b": b,
            "count": held["count"],
            "jaccard": held["jaccard"],
            "unit": graph.graph["unit"],
            "coder": graph.graph["coder"],
        }
        for labels, graph in graphs.items()
        for a, b, held in sorted(graph.edges(data=True), key=lambda edge: (-edge[2]["count"], edge[0], edge[1]))
    ]
    table = pd.DataFrame(lines, columns="network code_a code_b count jaccard unit coder".split())
    return table if len(graphs) > 1 else table.drop(columns="network")


def compute_layout(graph: nx.Graph[str]) -> dict[str, tuple[float, float]]:
    """Return a place for every node that occurs: the more often two occur together, the closer they lie.

    Kamada and Kawai's layout over distances that fall with the square root of Jaccard, from a circle in the
    codebook's order, then nodes that would lie on each other moved apart. The same counts give the same places.

    References
    ----------
    Kamada, T., and Kawai, S. (1989). An algorithm for drawing general undirected graphs. Information Processing
    Letters 31(1), 7-15.
    """
    drawn = [node for node, held in graph.nodes(data=True) if held["units"]]
    if len(drawn) < 2:
        return dict.fromkeys(drawn, (0.0, 0.0))
    most = max((held["jaccard"] for _, _, held in graph.edges(data=True)), default=0.0) or 1.0
    distance = {a: dict.fromkeys(drawn, 1.3) for a in drawn}
    for a, b, held in graph.edges(data=True):
        distance[a][b] = distance[b][a] = 1.3 - 0.9 * float((held["jaccard"] / most) ** 0.5)
    plain = nx.complete_graph(drawn)
    found = nx.kamada_kawai_layout(plain, dist=distance, pos=nx.circular_layout(plain))
    return _separate_nodes(drawn, np.array([found[node] for node in drawn]))


def _separate_nodes(
    nodes: Sequence[str], places: NDArray[np.float64], *, rounds: int = 200
) -> dict[str, tuple[float, float]]:
    """Push nodes apart until none lies within a label's width and height of another."""
    places = places.copy()
    reach = np.array([0.30, 0.20]) * min(1.0, (24 / len(nodes)) ** 0.5)
    for _ in range(rounds):
        gap = places[:, None, :] - places[None, :, :]
        near = (np.abs(gap) < reach).all(axis=2) & ~np.eye(len(nodes), dtype=bool)
        if not near.any():
            break
        missing = (reach - np.abs(gap)) * np.where(gap >= 0, 1, -1)
        along = np.abs(missing).argmin(axis=2)
        push = np.take_along_axis(missing, along[..., None], axis=2)[..., 0] * near
        for axis in (0, 1):
            places[:, axis] += 0.3 * (push * (along == axis)).sum(axis=1)
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, places, strict=True)}


def write_graphml(graph: nx.Graph[str], path: Path) -> None:
    """Write GraphML."""
    nx.write_graphml(graph, path, infer_numeric_types=True)


def write_gexf(graph: nx.Graph[str], path: Path) -> None:
    """Write GEXF with each node's label, colour and size as Gephi shows them."""
    shown = nx.Graph(graph)
    most: int = max((held["units"] for _, held in graph.nodes(data=True)), default=1) or 1
    for _, held in shown.nodes(data=True):
        red, green, blue = (int(held["colour"][at : at + 2], 16) for at in (1, 3, 5))
        held["label"] = held["name"]
        held["viz"] = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            "size": 8 + 32 * (held["units"] / most) ** 0.5,
        }
    nx.write_gexf(shown, path)
