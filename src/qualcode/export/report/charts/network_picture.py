"""The co-occurrence network as values for a drawing: circles, lines and labels, and counts by group for the script."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from qualcode.errors import format_count
from qualcode.export.report.report_tables import ReportTables
from qualcode.listings.caveats import describe_missing_pairs
from qualcode.model import Unit, family_of

if TYPE_CHECKING:
    import networkx as nx

MAX_NODES, MAX_EDGES = 300, 1_500
"""Most circles and lines: of more, only the strongest edges are drawn."""
_FIRST_EDGES = 60
"""Most lines that are shown before a reader chooses a lower threshold, so that the picture stays readable."""
_WIDTH, _HEIGHT = 1000.0, 660.0
"""Of the drawing; more circles than `_CIRCLES` enlarge it."""
_CIRCLES, _MOST_ENLARGED = 30, 2.4
_MARGIN = (110.0, 62.0)
_LABELS = 80
"""Most labels that are always shown: those of the most frequent codes."""
_FONT, _LINE, _LABEL_CHARACTERS = 13.0, 15.0, 21


@dataclass(frozen=True, slots=True)
class Node:
    """A circle with its label."""

    number: int
    code: str
    name: str
    family: str
    colour: int
    units: int
    cases: int
    codings: int
    x: float
    y: float
    radius: float
    label_x: float
    label_y: float
    lines: Sequence[str]
    is_minor: bool
    """Whether its label is shown only when the picture is enlarged, since there are many more frequent codes."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two circles."""

    number: int
    a: Node
    b: Node
    count: int
    jaccard: float
    width: float
    is_shown: bool
    """Whether it is shown before the reader chooses a threshold."""
    is_beyond_chance: bool
    """Whether its codes occur together more often than by chance."""


@dataclass(frozen=True)
class NetworkPicture:
    """The drawing, and what the script needs to filter it."""

    width: float
    height: float
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    threshold: int
    lowest: int
    highest: int
    unit: str
    caption: str
    groups: Sequence[Mapping[str, Any]]
    """Counts of each node and edge by group: keys attribute, value, units, counts."""


def make_network_picture(
    tables: ReportTables, families: Sequence[tuple[str, str, int]], beyond_chance: Collection[tuple[str, str]]
) -> NetworkPicture | None:
    """Return the drawing of the co-occurrence network of codes; None if no code occurs or there is only one.

    ``beyond_chance`` has the pairs of codes that occur together more often than by chance.
    """
    from qualcode.graphs import build_network, compute_layout

    if len(tables.codes) < 2:
        return None
    graph = build_network(tables.incidence, tables.codes, next(iter(tables.counted.group_masks[0].values())))
    pairs = sorted(graph.edges(data=True), key=lambda edge: (-edge[2]["count"], edge[0], edge[1]))
    drawn, kept = _keep_strongest(graph, pairs)
    positions = compute_layout(drawn)
    if not positions:
        return None
    size = _drawing_size(len(positions))
    highest = max((edge["count"] for *_, edge in kept), default=1)
    threshold = kept[min(_FIRST_EDGES, len(kept)) - 1][2]["count"] if kept else 1
    nodes = _place_nodes(drawn, positions, kept, families, size)
    edges = [
        Edge(
            number, nodes[a], nodes[b], edge["count"], edge["jaccard"], _line_width(edge["count"], highest),
            edge["count"] >= threshold, (a, b) in beyond_chance or (b, a) in beyond_chance,
        )
        for number, (a, b, edge) in enumerate(kept)
    ]  # fmt: skip
    return NetworkPicture(
        *size,
        list(nodes.values()),
        edges,
        threshold,
        min((edge.count for edge in edges), default=1),
        highest,
        unit=graph.graph["unit"],
        caption=_describe(graph, len(pairs), len(kept), drawn=len(positions), unit=tables.counted.unit),
        groups=_count_groups(tables, list(nodes), kept),
    )


def _keep_strongest(graph: nx.Graph[str], pairs: Sequence[Any]) -> tuple[nx.Graph[str], Sequence[Any]]:
    """Return the graph and its edges, of a large one the strongest edges with the codes that they link."""
    if sum(1 for _, units in graph.nodes(data="units") if units) <= MAX_NODES:
        return graph, pairs[:MAX_EDGES]
    names: set[str] = set()
    kept = []
    for a, b, edge in pairs[:MAX_EDGES]:
        if len(names | {a, b}) > MAX_NODES:
            break
        names |= {a, b}
        kept.append((a, b, edge))
    # Ordered as in the codebook, so that the layout is the same each time.
    smaller = graph.copy()
    smaller.remove_nodes_from([name for name in graph if name not in names])
    return smaller, kept


def _drawing_size(circles: int) -> tuple[float, float]:
    enlarged = min(max(1.0, (circles / _CIRCLES) ** 0.5), _MOST_ENLARGED)
    return round(_WIDTH * enlarged), round(_HEIGHT * enlarged)


def _line_width(count: int, highest: int) -> float:
    return round(1.0 + 8.0 * (count - 1) / max(highest - 1, 9), 2)


def _radius(units: int, most: int) -> float:
    """Return a radius: the area of a circle grows with the number of units."""
    return round(5 + 21 * math.sqrt(units / max(most, 10)), 1)


def _place_nodes(
    graph: nx.Graph[str], positions: Mapping[str, tuple[float, float]], pairs: Sequence[Any],
    families: Sequence[tuple[str, str, int]], size: tuple[float, float],
) -> dict[str, Node]:  # fmt: skip
    from qualcode.figures.label_positions import place_label_boxes

    points = _fit_positions(positions, size)
    most = max(graph.nodes[name]["units"] for name in positions)
    radii = {name: _radius(graph.nodes[name]["units"], most) for name in positions}
    lines = {name: textwrap.wrap(graph.nodes[name]["name"], _LABEL_CHARACTERS) or [name] for name in positions}
    highest = max((edge["count"] for *_, edge in pairs), default=1)
    centres = place_label_boxes(
        (0.0, 0.0, *size),
        [(*points[name], radii[name]) for name in positions],
        [(points[a], points[b], _line_width(edge["count"], highest)) for a, b, edge in pairs[:_FIRST_EDGES]],
        [_text_size(lines[name]) for name in positions],
    )
    colours = {family: (title, colour) for family, title, colour in families}
    frequent = sorted(positions, key=lambda name: -graph.nodes[name]["units"])[:_LABELS]
    nodes = {}
    for number, (name, (label_x, label_y)) in enumerate(zip(positions, centres, strict=True)):
        node, (x, y) = graph.nodes[name], points[name]
        title, colour = colours[family_of(name)]
        # In SVG, y grows downwards; text begins at the baseline of its first line.
        first = size[1] - label_y - _LINE * (len(lines[name]) - 1) / 2 + 0.35 * _FONT
        nodes[name] = Node(
            number, name, node["name"], title, colour, node["units"], node["cases"], node["codings"],
            round(x, 1), round(size[1] - y, 1), radii[name], round(label_x, 1), round(first, 1), lines[name],
            name not in frequent,
        )  # fmt: skip
    return nodes


def _fit_positions(
    positions: Mapping[str, tuple[float, float]], size: tuple[float, float]
) -> dict[str, tuple[float, float]]:
    """Return positions stretched to the drawing, with room for labels at its sides."""
    spans = []
    for axis in (0, 1):
        values = [point[axis] for point in positions.values()]
        spans.append((min(values), max(values) - min(values)))
    return {
        name: (_fit(point[0], *spans[0], _MARGIN[0], size[0]), _fit(point[1], *spans[1], _MARGIN[1], size[1]))
        for name, point in positions.items()
    }


def _fit(value: float, low: float, extent: float, margin: float, length: float) -> float:
    share = (value - low) / extent if extent > 1e-9 else 0.5
    return margin + share * (length - 2 * margin)


def _text_size(lines: Sequence[str]) -> tuple[float, float]:
    """Return the width and height of a label; widths differ by font, so that of a usual letter is used."""
    letters = max(sum(1.0 if east_asian_width(letter) in "WF" else 0.54 for letter in line) for line in lines)
    return _FONT * letters + 4, _LINE * len(lines) + 2


def _count_groups(tables: ReportTables, codes: Sequence[str], pairs: Sequence[Any]) -> list[dict[str, Any]]:
    from qualcode.graphs import build_network

    groups = []
    for attribute, counted in tables.grouped.items():
        for values, mask in counted.group_masks[0].items():
            graph = build_network(counted.incidences[0], tables.codes, mask)
            counts = [graph.edges[a, b]["count"] if graph.has_edge(a, b) else 0 for a, b, _ in pairs]
            units = [graph.nodes[code]["units"] for code in codes]
            groups.append({"attribute": attribute, "value": values[0], "units": units, "counts": counts})
    return groups


def _describe(graph: nx.Graph[str], edges: int, kept: int, *, drawn: int, unit: Unit) -> str:
    """Return what is drawn, in sentences."""
    counted = graph.graph
    units = format_count(counted["universe_units"], "unit")
    transcripts = format_count(counted["universe_transcripts"], "transcript")
    parts = [
        f"Counted over {units} ({counted['unit']}) of {transcripts}, coder {counted['coder']}. The area of a circle "
        "shows in how many units its code is, the width of a line in how many units both of its codes are."
    ]
    if kept < edges:
        parts.append(f"Only the {kept:,} strongest of {edges:,} links are in the picture.")
    if not edges:
        missing = describe_missing_pairs(unit)
        parts.append(f"{missing[:1].upper()}{missing[1:]}.")
    if never := sum(not units for _, units in graph.nodes(data="units")):
        parts.append(f"Not drawn: {format_count(never, 'code')} without a unit.")
    if left_out := graph.number_of_nodes() - drawn - never:
        parts.append(f"Not drawn: {format_count(left_out, 'code')} without one of these links.")
    return " ".join(parts)
