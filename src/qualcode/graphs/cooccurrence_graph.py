"""Co-occurrence as a networkx graph, and its table of edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import networkx as nx
import pandas as pd

from qualcode.graphs.displayed_graph import DisplayedGraph
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
    graph: nx.Graph[str] = DisplayedGraph(**_graph_attributes(incidence, group))
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
