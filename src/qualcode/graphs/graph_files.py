"""Graphs as GraphML and GEXF files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx

from qualcode.files import remove_forbidden_characters


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
