"""Co-occurrence networks as files: GraphML, GEXF or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UsageError
from qualcode.files import fill_atomically, remove_forbidden_characters

if TYPE_CHECKING:
    import networkx as nx

_PICTURE_SUFFIXES = frozenset({".png", ".svg", ".pdf"})


def save_network(graph: nx.Graph[str], path: Path, *, title: str) -> tuple[Path, list[str]]:
    """Write a graph, or its picture with a title, in the format of the path's suffix; return the path and notes.

    Raises
    ------
    UsageError
        If the suffix is not one of these formats.
    """
    from qualcode.graphs import compute_layout, write_gexf, write_graphml

    suffix = path.suffix.lower()
    graph = graph.copy()
    graph.graph.pop("notes", None)  # they are printed beside the file
    if suffix in _PICTURE_SUFFIXES:
        from qualcode.figures import draw_network, write_figure

        figure = draw_network(graph, compute_layout(graph), title=remove_forbidden_characters(title)[0])
        notes: list[str] = []
        fill_atomically(path, lambda temporary: notes.append(write_figure(figure, temporary)))
        return path, [f"{path}: {note}" for note in notes if note]
    writers = {".graphml": write_graphml, ".gexf": write_gexf}
    if suffix not in writers:
        raise UsageError(f"{path}: the file name of a network must end in .graphml, .gexf, .png, .svg or .pdf")
    return fill_atomically(path, lambda temporary: writers[suffix](graph, temporary)), []
