"""Co-occurrence as networkx graphs: the graphs, their tables of edges, layouts and files."""

from qualcode.graphs.cooccurrence_graph import CASE_EDGE_COLUMNS, GREY, EdgeRules, build_network, edge_table
from qualcode.graphs.displayed_graph import DisplayedGraph
from qualcode.graphs.graph_files import (
    GRAPH_WRITERS,
    LOSSES,
    clean_graph,
    drop_missing_values,
    write_gexf,
    write_graphml,
)
from qualcode.graphs.graph_layout import compute_layout
from qualcode.graphs.graph_measures import find_communities, modularity, partition, weight_matrix
from qualcode.graphs.group_graphs import build_case_graph, build_difference_graphs, ego_graph

__all__ = [
    "CASE_EDGE_COLUMNS",
    "GRAPH_WRITERS",
    "GREY",
    "LOSSES",
    "DisplayedGraph",
    "EdgeRules",
    "build_case_graph",
    "build_difference_graphs",
    "build_network",
    "clean_graph",
    "compute_layout",
    "drop_missing_values",
    "edge_table",
    "ego_graph",
    "find_communities",
    "modularity",
    "partition",
    "weight_matrix",
    "write_gexf",
    "write_graphml",
]
