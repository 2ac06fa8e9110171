"""Co-occurrence as a networkx graph, and its table of edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from qualcode.errors import UsageError, check_choice
from qualcode.graphs.displayed_graph import DisplayedGraph
from qualcode.graphs.graph_measures import find_communities, node_centralities
from qualcode.incidence import (
    SIGNIFICANCE_COLUMNS,
    CodeSet,
    Cooccurrence,
    Incidence,
    assess_pairs,
    count_cooccurrence,
    count_frequencies,
    transcript_mask,
    unit_mask,
)
from qualcode.incidence.universe import Flags
from qualcode.model import EDGE_WEIGHTS, EdgeWeight, family_of
from qualcode.statistics import PAIR_MEASURES, disparity_p_values

GREY = "#7A7A7A"


@dataclass(frozen=True, slots=True)
class EdgeRules:
    """Which pairs are edges of a network, and what they carry."""

    min_count: int = 1
    measure: EdgeWeight = "count"
    """What ``weight`` is; where it is 0 or less, as NPMI of pairs that avoid each other, there is no edge."""
    backbone: float | None = None
    """Largest p-value of the disparity filter; None keeps all edges."""
    significance: bool = False

    def __post_init__(self) -> None:
        check_choice("measure", self.measure, EDGE_WEIGHTS)
        if self.backbone is not None and not 0 < self.backbone < 1:
            raise UsageError(f"backbone: a level of significance is between 0 and 1, as 0.05, not {self.backbone}")


def build_network(
    incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags, *, rules: EdgeRules = EdgeRules()
) -> nx.Graph[str]:
    """Return the graph of all code sets, with an edge where two occur together.

    Nodes have ``name``, ``family``, ``group``, ``level``, ``colour``, ``group_colour``, ``units``, ``codings``,
    ``cases`` and ``words``, then ``community`` (a number, 0 without an edge) and the `CENTRALITIES`. Edges have
    ``count``, ``jaccard`` and ``weight`` (the name that layouts and Gephi expect), the other measures as far as they
    are defined, and with ``significance`` the tests; with ``backbone`` also ``disparity``, their p-value there. The
    graph has unit, coder and the size of its base. A code set has no edge to one that contains it.
    """
    graph: nx.Graph[str] = DisplayedGraph(**_graph_attributes(incidence, group), **_rule_attributes(rules))
    counts = count_cooccurrence(incidence, code_sets, group)
    frequencies = count_frequencies(incidence, code_sets, [group])
    for position, (code_set, (frequency,)) in enumerate(zip(code_sets, frequencies, strict=True)):
        graph.add_node(
            code_set.id,
            name=code_set.name,
            family=family_of(code_set.id),
            group=code_set.group,
            level=code_set.level,
            colour=code_set.colour or GREY,
            group_colour=code_set.group_colour or GREY,
            units=int(counts.code_units[position, position]),
            codings=frequency.codings,
            cases=frequency.cases,
            words=frequency.words,
        )
    edges = list(_edges(counts, rules))
    graph.add_edges_from(edges if rules.backbone is None else _filter_backbone(graph, edges, rules.backbone))
    add_node_measures(graph)
    return graph


def add_node_measures(graph: nx.Graph[str]) -> None:
    """Add community and centralities to the nodes of a graph."""
    communities, centralities = find_communities(graph), node_centralities(graph)
    for node, attributes in graph.nodes(data=True):
        attributes.update(community=communities[node], **centralities[node])


def _rule_attributes(rules: EdgeRules) -> dict[str, Any]:
    """Return which edges a graph keeps and what they weigh, as its attributes."""
    backbone = {} if rules.backbone is None else {"backbone": rules.backbone}
    return {"measure": rules.measure, "min_count": rules.min_count, **backbone}


def _graph_attributes(incidence: Incidence, group: Flags) -> dict[str, Any]:
    universe = incidence.universe
    return {
        "unit": incidence.pair_unit,
        "coder": incidence.coder,
        "universe_units": int(unit_mask(universe, group).sum()),
        "universe_transcripts": int(transcript_mask(universe, group).sum()),
    }


def _edges(counts: Cooccurrence, rules: EdgeRules) -> Iterator[tuple[str, str, dict[str, Any]]]:
    first, second = counts.select_pairs(min_count=max(1, rules.min_count))
    pairs = counts.pair_counts(first, second)
    columns: dict[str, Any] = {"count": pairs.joint, "jaccard": PAIR_MEASURES["jaccard"](pairs).round(6)}
    measures = {name: measure(pairs).round(6) for name, measure in PAIR_MEASURES.items()}
    columns |= {"weight": {"count": pairs.joint, **measures}[rules.measure], **measures}
    if rules.significance:
        columns |= assess_pairs(counts, first, second).columns()
    ids = [code_set.id for code_set in counts.code_sets]
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    for a, b, values in zip(first.tolist(), second.tolist(), rows, strict=True):
        attributes = dict(zip(columns, values, strict=True))
        if attributes["weight"] > 0:
            # What is not defined is left out, since files of graphs have no missing values.
            yield ids[a], ids[b], {name: value for name, value in attributes.items() if not _is_missing(value)}


def _is_missing(value: Any) -> bool:
    return isinstance(value, float) and isnan(value)


def _filter_backbone(graph: nx.Graph[str], edges: Sequence[tuple[str, str, dict[str, Any]]], alpha: float) -> Any:
    """Return the edges whose weight stands out among those of one of their nodes, with their p-value."""
    number = {node: position for position, node in enumerate(graph)}
    weights = np.array([edge["weight"] for *_, edge in edges], dtype=np.float64)
    first = np.array([number[a] for a, _, _ in edges], dtype=np.int64)
    second = np.array([number[b] for _, b, _ in edges], dtype=np.int64)
    p_values = disparity_p_values(weights, first, second).tolist()
    graph.graph.update(backbone=alpha, edges_before_backbone=len(edges))
    return [(a, b, edge | {"disparity": p}) for (a, b, edge), p in zip(edges, p_values, strict=True) if p < alpha]


_EDGE_COLUMNS = (
    "code_a code_b count jaccard unit coder weight cosine b_given_a a_given_b expected lift npmi phi c_coefficient"
).split()
CASE_EDGE_COLUMNS = "code case count share codings words unit coder".split()


def edge_table(graphs: Mapping[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
    """Return the edges of graphs, given by group, in one table; the most frequent of each graph first.

    Tests and p-values of the backbone are further columns, if an edge has them. Two-mode graphs have
    `CASE_EDGE_COLUMNS`.
    """
    is_two_mode = any(graph.graph.get("mode") for graph in graphs.values())
    columns = CASE_EDGE_COLUMNS if is_two_mode else _EDGE_COLUMNS
    lines = [
        {
            "network": ": ".join(labels),
            "unit": graph.graph["unit"],
            "coder": graph.graph["coder"],
            **edge,
            columns[0]: a,
            columns[1]: graph.nodes[b]["name"] if is_two_mode else b,
        }
        for labels, graph in graphs.items()
        for a, b, edge in sorted(graph.edges(data=True), key=lambda edge: (-edge[2]["count"], edge[0], edge[1]))
    ]
    has_tests = any("direction" in line for line in lines)
    more = [*(SIGNIFICANCE_COLUMNS if has_tests else ()), *["disparity"] * any("disparity" in line for line in lines)]
    table = pd.DataFrame(lines, columns=["network", *columns, *more])
    return table if len(graphs) > 1 else table.drop(columns="network")
