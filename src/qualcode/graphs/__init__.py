"""Co-occurrence as networkx graphs: the graphs, their tables of edges, layouts and files."""

from qualcode.graphs.cooccurrence_graph import GREY, build_network, edge_table
from qualcode.graphs.displayed_graph import DisplayedGraph
from qualcode.graphs.graph_files import clean_graph, write_gexf, write_graphml
from qualcode.graphs.graph_layout import compute_layout

__all__ = [
    "GREY",
    "DisplayedGraph",
    "build_network",
    "clean_graph",
    "compute_layout",
    "edge_table",
    "write_gexf",
    "write_graphml",
]
