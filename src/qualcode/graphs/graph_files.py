"""Graphs as files: GraphML, GEXF, Pajek, JSON (node-link), and a list of edges as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from math import isnan
from pathlib import Path
from typing import Any

import networkx as nx

from qualcode.files import guard_cell, remove_forbidden_characters


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
    for attributes in _list_attributes(cleaned):
        values = {clean(name): clean(value) for name, value in attributes.items()}
        attributes.clear()
        attributes.update(values)
    return cleaned, removed


def drop_missing_values(graph: nx.Graph[str]) -> nx.Graph[str]:
    """Return a copy of a graph without attributes that are None or not a number, which graph files cannot hold."""
    kept: nx.Graph[str] = nx.Graph(graph)
    for attributes in _list_attributes(kept):
        for name in [name for name, value in attributes.items() if _is_missing(value)]:
            del attributes[name]
    return kept


def _list_attributes(graph: nx.Graph[str]) -> Iterator[dict[str, Any]]:
    """Yield the attributes of the graph, of its nodes and of its edges."""
    yield graph.graph
    yield from (node for _, node in graph.nodes(data=True))
    yield from (edge for *_, edge in graph.edges(data=True))


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and isnan(value))


def write_graphml(graph: nx.Graph[str], path: Path) -> None:
    """Write a graph as GraphML."""
    # One type for each attribute, even if some of its values are integers and others floats.
    nx.write_graphml(graph, path, infer_numeric_types=True)


def write_gexf(graph: nx.Graph[str], path: Path) -> None:
    """Write a graph as GEXF, with the label, colour and size of each node for Gephi."""
    with_looks = nx.Graph(graph)  # networkx copies the attributes of nodes, so the caller's graph stays as it is
    max_units: int = max((node.get("units", 0) for _, node in graph.nodes(data=True)), default=1) or 1
    for name, node in with_looks.nodes(data=True):
        red, green, blue = bytes.fromhex(node.get("colour", "#7A7A7A")[1:])
        node["label"] = node.get("name", name)
        node["viz"] = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            # The square root, so that the area and not the diameter grows with the number of units.
            "size": 8 + 32 * (node.get("units", 0) / max_units) ** 0.5,
        }
    nx.write_gexf(with_looks, path)


def write_pajek(graph: nx.Graph[str], path: Path) -> None:
    """Write the nodes and weights of a graph for Pajek, which has no other attributes; quotes become apostrophes."""
    numbers = {node: number for number, node in enumerate(graph, start=1)}
    lines = [f"*Vertices {len(graph)}", *(f'{number} "{_pajek_label(node)}"' for node, number in numbers.items())]
    lines += ["*Edges", *(f"{numbers[a]} {numbers[b]} {edge['weight']}" for a, b, edge in graph.edges(data=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def _pajek_label(node: str) -> str:
    return " ".join(node.replace('"', "'").split())


def write_node_link(graph: nx.Graph[str], path: Path) -> None:
    """Write a graph as JSON of nodes and edges, as `networkx.node_link_graph` and D3 read it."""
    text = json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="")


def write_edge_list(graph: nx.Graph[str], path: Path) -> None:
    """Write the edges of a graph with their attributes as CSV, with the headings that Gephi and Cytoscape expect.

    It has neither nodes without an edge nor attributes of nodes.
    """
    names = list(dict.fromkeys(name for *_, edge in graph.edges(data=True) for name in edge if name != "weight"))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["Source", "Target", "Type", "Weight", *names])
        for a, b, edge in graph.edges(data=True):
            values = (edge.get(name, "") for name in names)
            # A name of a group must not be a formula where a spreadsheet opens the file.
            cells = [guard_cell(value) if isinstance(value, str) else value for value in values]
            table.writerow([a, b, "Undirected", edge["weight"], *cells])


GRAPH_WRITERS: dict[str, Callable[[nx.Graph[str], Path], None]] = {
    ".graphml": write_graphml,
    ".gexf": write_gexf,
    ".net": write_pajek,
    ".json": write_node_link,
    ".csv": write_edge_list,
}
"""What writes a graph, by the suffix of the file."""

LOSSES = {
    ".net": "Pajek files have ids and weights only",
    ".csv": "a list of edges has neither attributes of nodes nor nodes without an edge",
}
"""What formats do not hold, by the suffix of the file."""
