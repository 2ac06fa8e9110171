"""A networkx graph that notebooks show as a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import networkx as nx

if TYPE_CHECKING:
    Graph = nx.Graph[str]
else:
    Graph = nx.Graph


class DisplayedGraph(Graph):
    """A networkx graph, and what networkx makes of it, that notebooks show as a picture.

    Drawing is done by a higher layer, which sets ``draw``: a function from a graph to a figure of matplotlib.
    """

    draw: ClassVar[Callable[[Any], Any] | None] = None

    def _repr_png_(self) -> bytes | None:
        """Return the picture; None, so that the text is shown, for a graph without the counts that it needs."""
        has_counts = all("units" in node for _, node in self.nodes(data=True))
        is_drawn = has_counts and all("count" in edge for *_, edge in self.edges(data=True))
        draw = type(self).draw
        if draw is None or not is_drawn:
            return None
        png: bytes = draw(self)._repr_png_()
        return png
