"""Co-occurrence networks as files: GraphML, GEXF, Pajek, JSON, CSV or a picture."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import UsageError, format_count
from qualcode.files import fill_atomically, remove_forbidden_characters

if TYPE_CHECKING:
    import networkx as nx

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")


def save_network(graph: nx.Graph[str], path: Path, *, title: str) -> tuple[Path, list[str]]:
    """Write a graph, or its picture with a title, in the format of the path's suffix; return the path and notes.

    Raises
    ------
    UsageError
        If the suffix is not one of these formats, or the graph has an attribute that the format cannot hold.
    """
    from qualcode.graphs import GRAPH_WRITERS, LOSSES, clean_graph, drop_missing_values

    suffix = path.suffix.lower()
    if suffix not in {*GRAPH_WRITERS, *PICTURE_SUFFIXES}:
        *others, last = [*GRAPH_WRITERS, *PICTURE_SUFFIXES]
        raise UsageError(f"{path}: the file name of a network must end in {', '.join(others)} or {last}")
    graph, removed = clean_graph(graph)
    graph.graph.pop("notes", None)  # they are printed beside the file
    notes = [f"left out {format_count(removed, 'control character')} of names, which such files cannot hold"]
    if suffix in PICTURE_SUFFIXES:
        from qualcode.figures import write_figure

        figure = draw_figure(graph, title=title)
        fill_atomically(path, lambda temporary: notes.append(write_figure(figure, temporary)))
    else:
        notes.append(LOSSES.get(suffix, ""))
        complete = drop_missing_values(graph)
        try:
            fill_atomically(path, lambda temporary: GRAPH_WRITERS[suffix](complete, temporary))
        except (TypeError, ValueError) as error:  # by networkx, which knows some types of values only
            raise UsageError(f"{path}: an attribute of the graph cannot be written: {error}") from error
    return path, [f"{path}: {note}" for note in notes[not removed :] if note]


def show_graphs_in_notebooks() -> None:
    """Let notebooks show graphs of co-occurrence as pictures."""
    from qualcode.graphs import DisplayedGraph

    DisplayedGraph.draw = staticmethod(partial(draw_figure, title="What occurs together"))


def draw_figure(graph: nx.Graph[str], *, title: str) -> Any:
    """Return the picture of a graph with a title, without characters that SVG files cannot hold.

    Raises
    ------
    UsageError
        If the graph is one of cases, or of differences between groups.
    """
    from qualcode.figures import draw_network
    from qualcode.graphs import clean_graph, compute_layout

    if graph.graph.get("mode") or graph.graph.get("measure") == "difference":
        raise UsageError("a picture shows codes that occur together: write this network as .graphml or .gexf instead")
    graph, _ = clean_graph(graph)
    return draw_network(graph, compute_layout(graph), title=remove_forbidden_characters(title)[0])
