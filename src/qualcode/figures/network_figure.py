"""The co-occurrence network as a figure: circles, links, labels that avoid them, a caption and a legend."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qualcode.errors import format_count, format_names
from qualcode.figures.chart_page import (
    MARGIN,
    MARK_COLOUR,
    TEXT_COLOUR,
    WIDTH,
    draw_heading,
    make_figure,
    size_of,
    text_sizes,
    wrap_text,
)
from qualcode.figures.default_style import default_style
from qualcode.figures.label_positions import Drawing, make_lines, place_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

NodePositions = Mapping[str, tuple[float, float]]
Edge = tuple[str, str, dict[str, Any]]

MAX_EDGES = 60
"""Only the most frequent edges are drawn, so that the figure stays readable."""

_LINK_COLOUR = "#5B6770"
_SIGNIFICANT = 0.05
_BEYOND_CHANCE = {"q_permutation": 0.0, "direction": "more"}
"""An edge that is surely beyond chance, for the legend."""
_HEIGHT = 590.0
"""Least height of a figure in points (1/72 inch), in which everything is placed."""
_CIRCLES, _MOST_ENLARGED = 30, 2.0
"""Number of circles from which the area of the figure grows with them, and how much its sides grow at most."""
_LABEL_CHARACTERS = 22
_LABEL_LINES = 4
_LABEL_ROOM = (62.0, 34.0)
"""Room for labels between the outermost circles and the sides of the drawing."""
_NAMED_CODES = 6
"""Most codes that the caption names."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Sizes in points. Few units make small circles and thin lines, even where no code has more."""

    max_units: int
    max_weight: float
    measure: str = "count"

    def circle_area(self, units: int) -> float:
        return 90 + 1500 * units / max(self.max_units, 10)

    def circle_radius(self, units: int) -> float:
        return float(self.circle_area(units) ** 0.5) / 2

    def line_width(self, weight: float) -> float:
        if self.measure == "count":
            return 1.0 + 6.6 * (weight - 1) / max(self.max_weight - 1, 9)
        return 1.0 + 6.6 * weight / self.max_weight

    def describe(self, weight: float) -> str:
        if self.measure == "count":
            return f"together in {format_count(int(weight), 'unit')}"
        return f"{self.measure} {weight:.2g}"


@default_style()
def draw_network(graph: Any, positions: NodePositions, *, title: str, max_edges: int = MAX_EDGES) -> Figure:
    """Return a figure of a co-occurrence graph: circle area: units with a code, line width: the weight of an edge.

    The weight is the measure that the graph names, if none the units with both. Where edges have been tested, those
    that occur more often than by chance are dark, the others dashed.
    """
    figure = _make_figure(len(positions))
    shown = list_drawn_edges(graph, max_edges=max_edges)
    scale = _Scale(
        max((units for _, units in graph.nodes(data="units")), default=1),
        max((_weight(edge) for _, _, edge in shown), default=1),
        graph.graph.get("measure", "count"),
    )
    top = draw_heading(figure, title, _caption(graph, shown, graph.number_of_edges()))
    bottom = _draw_legend(figure, graph, shown, scale)
    width, height = size_of(figure)
    size = (width - 2 * MARGIN, max(top - bottom, 60.0))
    axes = figure.add_axes((MARGIN / width, bottom / height, size[0] / width, size[1] / height))
    # One unit of the axes is one point.
    axes.set(xlim=(0, size[0]), ylim=(0, size[1]))
    axes.set_axis_off()
    placed = _fit_positions(positions, size)
    _draw_edges(axes, shown, placed, scale)
    _draw_nodes(axes, graph, placed, scale)
    _draw_labels(axes, graph, placed, shown, scale)
    return figure


def list_drawn_edges(graph: Any, *, max_edges: int = MAX_EDGES) -> list[Edge]:
    """Return the edges that a picture shows, the heaviest first; SVG has ``edge-N`` as the id of the Nth."""
    return sorted(graph.edges(data=True), key=lambda edge: (-_weight(edge[2]), edge[0], edge[1]))[:max_edges]


def _weight(edge: Mapping[str, Any]) -> float:
    weight: float = edge.get("weight", edge["count"])
    return weight


def _is_tested(edges: Sequence[Edge]) -> bool:
    return any("p_permutation" in edge for *_, edge in edges)


def _is_beyond_chance(edge: Mapping[str, Any]) -> bool:
    q = edge.get("q_permutation")
    return q is not None and q <= _SIGNIFICANT and edge.get("direction") == "more"


def _make_figure(circles: int) -> Figure:
    enlarged = min(max(1.0, (circles / _CIRCLES) ** 0.5), _MOST_ENLARGED)
    return make_figure(WIDTH * enlarged, _HEIGHT * enlarged)


def _caption(graph: Any, shown: Sequence[Edge], edges: int) -> list[str]:
    """Return the paragraphs below the title: what was counted, and which codes have no link or no circle."""
    counted = graph.graph
    units = format_count(counted["universe_units"], "unit")
    base = f"{units} ({counted['unit']}) of {format_count(counted['universe_transcripts'], 'transcript')}"
    limit = f"; the {len(shown)} strongest of {edges} links" if len(shown) < edges else ""
    limit += f"; links in at least {counted['min_count']} units" if counted.get("min_count", 1) > 1 else ""
    limit += f"; backbone {counted['backbone']:g}" if "backbone" in counted else ""
    measure = counted.get("measure", "count")
    width = "units with both" if measure == "count" else measure
    signs = f"Circle area: units; line width: {width}." if shown else "Circle area: units."
    if _is_tested(shown):
        signs += f" Dark: together more often than by chance within transcripts (q up to {_SIGNIFICANT}); dashed: not."
    parts = [f"Counted over {base}, coder {counted['coder']}{limit}. {signs}"]
    linked = {end for a, b, _ in shown for end in (a, b)}
    drawn = [name for name, units in graph.nodes(data="units") if units]
    alone = [graph.nodes[name]["name"] for name in drawn if name not in linked]
    never = [node["name"] for _, node in graph.nodes(data=True) if not node["units"]]
    if not shown:
        parts.append(
            f"No links: no two codes occur together often enough in one unit ({counted['unit']}). "
            "A wider unit, such as window:3, may have links."
        )
    elif alone:
        is_filtered = len(shown) < edges or counted.get("min_count", 1) > 1 or "backbone" in counted
        which = "one of these links" if is_filtered else "a link"
        parts.append(f"{format_count(len(alone), 'code')} without {which}: {_name_codes(alone)}.")
    if never:
        parts.append(f"Not drawn, since in no unit: {format_count(len(never), 'code')} ({_name_codes(never)}).")
    return parts


def _name_codes(names: Sequence[str]) -> str:
    return format_names(names, limit=_NAMED_CODES)


def _fit_positions(positions: NodePositions, size: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Return positions stretched to an area of a size, with room for labels at its sides."""
    if not positions:
        return {}
    points = np.array(list(positions.values()), float)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    room = np.minimum(_LABEL_ROOM, np.array(size) / 3)
    # Where all are at one height, or side by side, they are in the middle.
    share = np.where(extent > 1e-9, (points - low) / np.where(extent > 1e-9, extent, 1), 0.5)
    fitted = room + share * (np.array(size) - 2 * room)
    return {name: (float(x), float(y)) for name, (x, y) in zip(positions, fitted, strict=True)}


def _draw_edges(axes: Axes, edges: Sequence[Edge], positions: NodePositions, scale: _Scale) -> None:
    is_tested = _is_tested(edges)
    # The heaviest edges are drawn last, on top of the others.
    for number, (a, b, edge) in reversed(list(enumerate(edges))):
        if a in positions and b in positions:
            (x, y), (u, v) = positions[a], positions[b]
            weight = _weight(edge)
            alpha = 0.3 + 0.4 * (weight / (max(scale.max_weight, 10) if scale.measure == "count" else scale.max_weight))
            axes.plot(
                [x, u], [y, v], linewidth=scale.line_width(weight), solid_capstyle="round", zorder=1,
                gid=f"edge-{number}", **(_tested_style(edge) if is_tested else {"color": _LINK_COLOUR, "alpha": alpha}),
            )  # fmt: skip


def _tested_style(edge: Mapping[str, Any]) -> dict[str, Any]:
    if _is_beyond_chance(edge):
        return {"color": MARK_COLOUR, "alpha": 0.75}
    return {"color": _LINK_COLOUR, "alpha": 0.35, "linestyle": (0, (3, 2))}


def _draw_nodes(axes: Axes, graph: Any, positions: NodePositions, scale: _Scale) -> None:
    numbers = {name: number for number, name in enumerate(graph)}
    # Large circles first, so that they do not cover small ones.
    for name in sorted(positions, key=lambda name: -graph.nodes[name]["units"]):
        node, (x, y) = graph.nodes[name], positions[name]
        area = scale.circle_area(node["units"])
        axes.scatter(
            [x], [y], s=area, color=node["group_colour"], edgecolors="white", linewidths=1.2, zorder=2,
            gid=f"node-{numbers[name]}",
        )  # fmt: skip


def _draw_labels(axes: Axes, graph: Any, positions: NodePositions, edges: Sequence[Edge], scale: _Scale) -> None:
    """Write the name of each code beside its circle."""
    if not positions:
        return
    texts = [_add_label(axes, graph.nodes[name]["name"]) for name in positions]
    sizes = np.array(list(text_sizes(texts)))
    between = [(edge, positions[a], positions[b]) for a, b, edge in edges if a in positions and b in positions]
    drawing = Drawing(
        (0, 0, axes.get_xlim()[1], axes.get_ylim()[1]),
        np.array(list(positions.values()), float),
        np.array([scale.circle_radius(graph.nodes[name]["units"]) for name in positions]),
        make_lines([(start, end) for _, start, end in between]),
        np.array([scale.line_width(_weight(edge)) for edge, _, _ in between]),
    )
    for text, centre in zip(texts, place_labels(drawing, sizes), strict=True):
        text.set_position((float(centre[0]), float(centre[1])))


def _add_label(axes: Axes, name: str) -> Text:
    return axes.text(
        0, 0, "\n".join(_cut_label(name)), ha="center", va="center", fontsize=8.5, color=TEXT_COLOUR,
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.72},
        linespacing=0.95, parse_math=False, zorder=3,
    )  # fmt: skip


def _cut_label(name: str) -> list[str]:
    """Return the lines of a label; a very long name is cut, since it would cover other nodes and the title."""
    lines = wrap_text(name, _LABEL_CHARACTERS)
    if len(lines) <= _LABEL_LINES:
        return lines
    return [*lines[: _LABEL_LINES - 1], f"{lines[_LABEL_LINES - 1]}…"]


def _draw_legend(figure: Figure, graph: Any, edges: Sequence[Edge], scale: _Scale) -> float:
    """Draw line widths, and the groups above them, and return the height at which the drawing may begin."""
    groups = {node["group"]: node["group_colour"] for _, node in graph.nodes(data=True) if node["units"]}
    circles = [
        Line2D([], [], marker="o", linestyle="", markersize=9, color=colour, label=textwrap.fill(group, 40))
        for group, colour in groups.items()
    ]
    lines = [
        Line2D(
            [], [], color=_LINK_COLOUR, alpha=0.6, linewidth=scale.line_width(weight), label=scale.describe(weight)
        )
        for weight in _typical_weights([_weight(edge) for _, _, edge in edges])
    ]  # fmt: skip
    if _is_tested(edges):
        lines += [
            Line2D([], [], linewidth=3, label="more often than by chance", **_tested_style({**_BEYOND_CHANCE})),
            Line2D([], [], linewidth=3, label="not beyond chance", **_tested_style({})),
        ]
    return _draw_legend_part(figure, circles, _draw_legend_part(figure, lines, MARGIN / 2)) + 4


def _draw_legend_part(figure: Figure, handles: list[Line2D], bottom: float) -> float:
    """Draw a legend in as many columns as the figure has room for, and return the height at which it ends."""
    width, height = size_of(figure)
    for columns in range(min(len(handles), 6), 0, -1):
        legend = figure.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.5, bottom / height), frameon=False, fontsize=9,
            ncols=columns, borderaxespad=0, borderpad=0.2,
        )  # fmt: skip
        for text in legend.get_texts():
            text.set_parse_math(False)
        ((taken, rows),) = text_sizes([legend])
        if taken <= width - 2 * MARGIN or columns == 1:
            return bottom + rows
        legend.remove()
    return bottom


def _typical_weights(weights: Sequence[float]) -> list[float]:
    """Return the lowest, middle and highest of weights, each once.

    >>> _typical_weights([1, 1, 4, 38]), _typical_weights([1, 1]), _typical_weights([])
    ([1, 4, 38], [1], [])
    """
    distinct = sorted(set(weights))
    return sorted({distinct[0], distinct[len(distinct) // 2], distinct[-1]}) if distinct else []
