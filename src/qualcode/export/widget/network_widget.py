"""The widget: a network in a notebook, with the codes that are selected in it and their quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from qualcode.errors import format_count
from qualcode.export.network_files import draw_figure
from qualcode.figures import list_drawn_edges, render_svg
from qualcode.graphs import clean_graph

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

FindQuotes = Callable[[Sequence[str]], "pd.DataFrame"]
"""From codes to the passages in which all of them occur together."""


class NetworkWidget(anywidget.AnyWidget):
    """A network of codes; click a circle or a line to select codes, Shift adds to them.

    Parameters
    ----------
    graph
        What `Project.network` returned.
    find_quotes
        From codes to a table of quotes.
    title
        Heading of the picture.

    Attributes
    ----------
    selected : list of str
        Ids of the selected codes; one code for a circle, two for a line. It may be set as well.
    """

    _esm = Path(__file__).with_name("network_widget.js")
    picture = traitlets.Unicode().tag(sync=True)
    parts = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, graph: nx.Graph[str], find_quotes: FindQuotes, *, title: str = "") -> None:
        cleaned, _ = clean_graph(graph)
        self.graph = graph
        self._find_quotes = find_quotes
        super().__init__(picture=render_svg(draw_figure(cleaned, title=title)), parts=list_parts(cleaned))

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Any) -> list[str]:
        unknown = [code for code in proposal["value"] if code not in self.graph]
        if unknown:
            raise traitlets.TraitError(f"selected: the network has no code '{unknown[0]}'")
        return list(dict.fromkeys(proposal["value"]))

    def quotes(self) -> pd.DataFrame:
        """Return the passages with the selected code; of several codes, those where all of them occur together."""
        return self._find_quotes(self.selected)


def list_parts(graph: Any) -> list[dict[str, Any]]:
    """Return the circles and lines of the picture: the id of the part in it, its codes, and a label."""
    nodes = [
        {"id": f"node-{number}", "codes": [code], "label": f"{node['name']}: {format_count(node['units'], 'unit')}"}
        for number, (code, node) in enumerate(graph.nodes(data=True))
        if node["units"]
    ]
    names = dict(graph.nodes(data="name"))
    edges = [
        {
            "id": f"edge-{number}",
            "codes": [a, b],
            "label": f"{names[a]} and {names[b]}: {format_count(edge['count'], 'unit')} with both",
        }
        for number, (a, b, edge) in enumerate(list_drawn_edges(graph))
    ]
    return [*edges, *nodes]
