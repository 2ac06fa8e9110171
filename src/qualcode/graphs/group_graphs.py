"""Graphs of groups and cases: differences between two groups, codes with cases, a code and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from qualcode.graphs.cooccurrence_graph import GREY
from qualcode.graphs.displayed_graph import DisplayedGraph
from qualcode.incidence import CodeSet, Incidence, count_frequencies
from qualcode.incidence.universe import Flags, Ints
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
    incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags, attributes: Mapping[str, Mapping[str, str]]
) -> nx.Graph[str]:
    """Return the two-mode graph of codes and cases, with an edge where a code occurs in the words of a case.

    Nodes have ``kind`` (code or case), ``bipartite`` (0 or 1), ``name``, ``colour`` and ``units``; ids of cases begin
    with ``case:``, and their ``attributes`` with ``case_``. Edges have ``count`` (units of the case with the code),
    ``weight`` (the same), ``codings``, ``words``, and ``share`` of the case's units.
    """
    universe = incidence.universe
    cases: Ints = universe.member_case
    numbers = [number for number in range(len(universe.cases)) if (group & (cases == number)).any()]
    masks = [group & (cases == number) for number in numbers]
    graph: nx.Graph[str] = nx.Graph(unit=str(universe.unit), coder=incidence.coder, measure="count", mode="two-mode")
    totals = [frequency.units for (frequency,) in count_frequencies(incidence, code_sets, [group])]
    for code_set, units in zip(code_sets, totals, strict=True):
        graph.add_node(code_set.id, kind="code", bipartite=0, **_code_attributes(code_set), units=units)
    found = count_frequencies(incidence, code_sets, masks)
    for at, number in enumerate(numbers):
        case = universe.cases[number]
        of_case = {f"case_{name}": value for name, value in attributes.get(case, {}).items() if value}
        units = max((row[at].universe_units for row in found), default=0)
        graph.add_node(f"case:{case}", kind="case", bipartite=1, name=case, colour=GREY, units=units, **of_case)
        for code_set, row in zip(code_sets, found, strict=True):
            one = row[at]
            if one.units:
                share = round(one.units / one.universe_units, 6)
                counts = {"count": one.units, "weight": one.units, "codings": one.codings, "words": one.words}
                graph.add_edge(code_set.id, f"case:{case}", **counts, share=share)
    return graph


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
