"""Graphs of groups and cases: differences between two groups, codes with cases, a code and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np

from qualcode.graphs.cooccurrence_graph import GREY
from qualcode.graphs.displayed_graph import DisplayedGraph
from qualcode.incidence import CodeSet, Incidence, MatrixCells, count_case_units, count_frequencies, count_rows
from qualcode.model import family_of

Labels = tuple[str, ...]


def build_difference_graphs(
    rows: Sequence[Mapping[str, Any]], code_sets: Sequence[CodeSet], *, notes: Sequence[str]
) -> dict[Labels, nx.Graph[str]]:
    """Return graphs of rows on pairs in two groups, by the groups and, if there are several, the coder.

    The nodes are the code sets of the rows. ``weight`` of an edge is the difference of shares with its sign,
    ``more_in`` the group with the larger share; the other attributes are the columns, as far as they are defined.
    """
    several = len({row["coder"] for row in rows}) > 1
    by_label: dict[Labels, list[Mapping[str, Any]]] = {}
    for row in rows:
        labels = (row["group_1"], row["group_2"], *([row["coder"]] if several else []))
        by_label.setdefault(labels, []).append(row)
    used = {row[end] for row in rows for end in ("code_a", "code_b")}
    nodes = [code_set for code_set in code_sets if code_set.id in used]
    graphs = {labels: _build_difference_graph(of_label, nodes) for labels, of_label in by_label.items()}
    for graph in graphs.values():
        graph.graph["notes"] = "\n".join(notes)
    return graphs


def _build_difference_graph(rows: Sequence[Mapping[str, Any]], code_sets: Sequence[CodeSet]) -> nx.Graph[str]:
    labels = {name: rows[0][name] for name in ("group_1", "group_2", "unit", "coder")}
    graph: nx.Graph[str] = nx.Graph(**labels, measure="difference")
    graph.add_nodes_from((code_set.id, _code_attributes(code_set)) for code_set in code_sets)
    for row in rows:
        difference = row["difference"]
        if difference is None:
            continue  # a group without a unit in which the coder was asked about both
        values = {name: value for name, value in row.items() if name not in _LABELS and value is not None}
        more_in = row["group_1"] if difference > 0 else row["group_2"] if difference < 0 else ""
        graph.add_edge(row["code_a"], row["code_b"], weight=difference, more_in=more_in, **values)
    return graph


_LABELS = {"code_a", "code_b", "group_1", "group_2", "unit", "coder"}


def build_case_graph(
    incidence: Incidence, code_sets: Sequence[CodeSet], attributes: Mapping[str, Mapping[str, str]]
) -> nx.Graph[str]:
    """Return the two-mode graph of codes and cases, with an edge where a code occurs in the words of a case.

    Nodes have ``kind`` (code or case), ``bipartite`` (0 or 1), ``name``, ``colour`` and ``units``; ids of cases begin
    with ``case:``, and their ``attributes`` with ``case_``. Edges have ``count`` (units of the case with the code),
    ``weight`` (the same), ``codings``, ``words``, and ``share`` of the case's units.
    """
    universe = incidence.universe
    graph: nx.Graph[str] = nx.Graph(unit=str(universe.unit), coder=incidence.coder, measure="count", mode="two-mode")
    totals = count_frequencies(incidence, code_sets, [universe.all_members])
    for code_set, (total,) in zip(code_sets, totals, strict=True):
        graph.add_node(code_set.id, kind="code", bipartite=0, **_code_attributes(code_set), units=total.units)
    asked = count_case_units(incidence, code_sets)
    for case, units in zip(universe.cases, asked.max(axis=1, initial=0).tolist(), strict=True):
        of_case = {f"case_{name}": value for name, value in attributes.get(case, {}).items() if value}
        graph.add_node(f"case:{case}", kind="case", bipartite=1, name=case, colour=GREY, units=units, **of_case)
    units, codings, words = (count_rows(incidence, code_sets, rows="case", cells=cells).cells for cells in _CASE_CELLS)
    for number, column in zip(*np.nonzero(np.nan_to_num(units)), strict=True):
        count, place = int(units[number, column]), (number, column)
        values = {"count": count, "weight": count, "codings": int(codings[place]), "words": int(words[place])}
        share = round(count / int(asked[place]), 6)
        graph.add_edge(code_sets[column].id, f"case:{universe.cases[number]}", **values, share=share)
    return graph


_CASE_CELLS: tuple[MatrixCells, ...] = ("units", "codings", "words")


def ego_graph(graph: nx.Graph[str], code: str) -> nx.Graph[str]:
    """Return a code, the codes that it occurs together with, and the edges among all of them."""
    members = {code, *graph[code]}
    found: nx.Graph[str] = DisplayedGraph(**graph.graph, ego=code)
    # In the order of the graph, which a subgraph of networkx does not keep.
    found.add_nodes_from((node, dict(values)) for node, values in graph.nodes(data=True) if node in members)
    found.add_edges_from((a, b, dict(edge)) for a, b, edge in graph.edges(data=True) if {a, b} <= members)
    return found


def _code_attributes(code_set: CodeSet) -> dict[str, Any]:
    return {
        "name": code_set.name,
        "family": family_of(code_set.id),
        "group": code_set.group,
        "level": code_set.level,
        "colour": code_set.colour or GREY,
        "group_colour": code_set.group_colour or GREY,
    }
