"""Figures for a report: the co-occurrence network, drawn with matplotlib."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NodePositions = Mapping[str, tuple[float, float]]

MAX_EDGES = 60
"""Only the most frequent edges are drawn, so that the figure stays readable."""

_TEXT_COLOUR = "#222222"


@dataclass(frozen=True, slots=True)
class _Scale:
    max_units: int
    max_count: int

    def circle_area(self, units: int) -> float:
        return 90 + 1500 * units / self.max_units

    def line_width(self, count: int) -> float:
        return 0.6 + 7.0 * count / self.max_count


class NotebookFigure(Figure):
    """A figure that notebooks display without pyplot, which would register every figure globally."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=90, facecolor="white")
        return stream.getvalue()


def draw_network(graph: Any, positions: NodePositions, *, title: str, max_edges: int = MAX_EDGES) -> Figure:
    """Return a figure of a co-occurrence graph: circle area: units with a code, line width: units with both."""
    figure = NotebookFigure(figsize=(11.5, 8.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axis_off()
    edges = sorted(graph.edges(data=True), key=lambda edge: (-edge[2]["count"], edge[0], edge[1]))
    shown = edges[:max_edges]
    max_units = max((units for _, units in graph.nodes(data="units")), default=1) or 1
    scale = _Scale(max_units, max((edge["count"] for _, _, edge in shown), default=1))
    _draw_edges(axes, shown, positions, scale)
    _draw_nodes(axes, graph, positions, scale)
    _draw_legend(axes, graph, scale)
    axes.set_title(title, loc="left", fontsize=15, color=_TEXT_COLOUR, fontweight="bold", pad=26, parse_math=False)
    axes.text(
        0,
        1.012,
        _subtitle(graph, len(shown), len(edges)),
        transform=axes.transAxes,
        fontsize=9.5,
        color="#555555",
    )
    axes.margins(0.11)
    return figure


def _subtitle(graph: Any, shown: int, edges: int) -> str:
    counted = graph.graph
    base = f"{counted['universe_units']:,} units ({counted['unit']}) of {counted['universe_transcripts']} transcripts"
    limit = f"; the {shown} strongest of {edges} links" if shown < edges else ""
    return f"Counted over {base}, coder {counted['coder']}{limit}. Circle area: units; line width: units with both."


def _draw_edges(axes: Axes, edges: list[Any], positions: NodePositions, scale: _Scale) -> None:
    # The most frequent edges are drawn last, on top of the others.
    for a, b, edge in reversed(edges):
        if a in positions and b in positions:
            (x, y), (u, v) = positions[a], positions[b]
            alpha = 0.18 + 0.5 * (edge["count"] / scale.max_count)
            axes.plot(
                [x, u], [y, v], color="#5B6770", linewidth=scale.line_width(edge["count"]), alpha=alpha,
                solid_capstyle="round", zorder=1,
            )  # fmt: skip


def _draw_nodes(axes: Axes, graph: Any, positions: NodePositions, scale: _Scale) -> None:
    # Large circles first, so that they do not cover small ones.
    for name in sorted(positions, key=lambda name: -graph.nodes[name]["units"]):
        node, (x, y) = graph.nodes[name], positions[name]
        area = scale.circle_area(node["units"])
        axes.scatter([x], [y], s=area, color=node["group_colour"], edgecolors="white", linewidths=1.2, zorder=2)
        axes.annotate(
            textwrap.fill(node["name"], 22), (x, y), xytext=(0, -(area**0.5) / 2 - 3),
            textcoords="offset points", ha="center", va="top", fontsize=8.5, color=_TEXT_COLOUR, zorder=3,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.72},
            linespacing=0.95, parse_math=False,
        )  # fmt: skip


def _draw_legend(axes: Axes, graph: Any, scale: _Scale) -> None:
    groups = {node["group"]: node["group_colour"] for _, node in graph.nodes(data=True) if node["units"]}
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=9, color=colour, label=group)
        for group, colour in groups.items()
    ]
    handles += [
        Line2D([], [], color="#5B6770", linewidth=scale.line_width(count), alpha=0.5, label=f"together in {count}")
        for count in sorted({scale.max_count, max(1, scale.max_count // 4)})
    ]
    legend = axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False, fontsize=9, ncols=6
    )
    for text in legend.get_texts():
        text.set_parse_math(False)  # a dollar sign in a name does not begin a formula


def write_figure(figure: Figure, path: Path) -> str:
    """Write a figure as PNG, SVG or PDF, by the path's suffix, and return a warning or an empty string.

    The warning says that the font lacks characters of the names. Text in SVG stays text, and files are reproducible.
    """
    kind = path.suffix.lower().lstrip(".")
    # No dates, so that the same graph gives the same file.
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with (
        warnings.catch_warnings(record=True) as caught,
        # Without a fixed salt, ids in SVG files are random and the same graph gives different files.
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "qualcode"}),
    ):
        warnings.simplefilter("always")
        figure.savefig(path, format=kind, dpi=160, metadata=metadata, facecolor="white")
    # Text in SVG is drawn by the viewer, with fonts of its own.
    if kind != "svg" and any("missing from" in str(warning.message) for warning in caught):
        return "the font lacks some characters of the names, which show as boxes: save as .svg instead"
    return ""
