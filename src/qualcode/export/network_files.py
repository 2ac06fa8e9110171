"""Network: split from exporting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UsageError
from qualcode.export.workbook_export import ExportableProject
from qualcode.files import fill_atomically

if TYPE_CHECKING:
    import networkx as nx


_PICTURE_SUFFIXES = frozenset({".png", ".svg", ".pdf"})


def save_network(project: ExportableProject, graph: nx.Graph[str], path: Path, *, title: str) -> Path:
    """Write a graph or its picture by the ending of the path."""
    suffix = path.suffix.lower()
    if suffix in _PICTURE_SUFFIXES:
        from qualcode.figures import write_figure

        figure = project.draw(graph, title=title)
        told: list[str] = []
        fill_atomically(path, lambda temporary: told.append(write_figure(figure, temporary)))
        project.said += [f"{path}: {said}" for said in told if said]
        return path
    from qualcode.graphs import write_gexf, write_graphml

    writers = {".graphml": write_graphml, ".gexf": write_gexf}
    if suffix not in writers:
        raise UsageError(f"{path}: a network is written as .graphml, .gexf, .png, .svg or .pdf")
    return fill_atomically(path, lambda temporary: writers[suffix](graph, temporary))
