"""Pictures for a report: the theme network, drawn with matplotlib."""

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
"""Edges drawn at the most: the heaviest, so that the picture can be read."""

_TEXT_COLOUR = "#222222"


@dataclass(frozen=True, slots=True)
class _Scale:
    most_units: int
    most_count: int

    def radius(self, units: int) -> float:
        return 90 + 1500 * units / self.most_units

    def width(self, count: int) -> float:
        return 0.6 + 7.0 * count / self.most_count


class NotebookFigure(Figure):
    """A figure that a notebook shows as it is, although nothing here imports pyplot."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=90, facecolor="white")
        return stream.getvalue()


def draw_network(graph: Any, places: NodePositions, *, title: str, max_edges: int = MAX_EDGES) -> Figure:
    """Draw a co-occurrence graph: a circle's area is the number of units, a line's width the co-occurrences."""
    figure = NotebookFigure(figsize=(11.5, 8.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axis_off()
    edges = sorted(graph.edges(data=True), key=lambda edge: (-edge[2]["count"], edge[0], edge[1]))
    shown = edges[:max_edges]
    units = [held["units"] for _, held in graph.nodes(data=True)]
    scale = _Scale(max(units, default=1) or 1, max((held["count"] for _, _, held in shown), default=1))
    _draw_edges(axes, shown, places, scale)
    _draw_nodes(axes, graph, places, scale)
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
    said = graph.graph
    over = f"{said['universe_units']:,} units ({said['unit']}) of {said['universe_transcripts']} transcripts"
    some = f"; the {shown} strongest of {edges} links" if shown < edges else ""
    return f"Counted over {over}, coder {said['coder']}{some}. Circle area: units; line width: units with both."


def _draw_edges(axes: Axes, edges: list[Any], places: NodePositions, scale: _Scale) -> None:
    for a, b, held in reversed(edges):
        if a in places and b in places:
            (x, y), (u, v) = places[a], places[b]
            strength = held["count"] / scale.most_count
            axes.plot(
                [x, u], [y, v], color="#5B6770", linewidth=scale.width(held["count"]), alpha=0.18 + 0.5 * strength,
                solid_capstyle="round", zorder=1,
            )  # fmt: skip


def _draw_nodes(axes: Axes, graph: Any, places: NodePositions, scale: _Scale) -> None:
    held = graph.nodes
    for node in sorted(places, key=lambda node: -held[node]["units"]):
        x, y = places[node]
        radius = scale.radius(held[node]["units"])
        axes.scatter([x], [y], s=radius, color=held[node]["group_colour"], edgecolors="white", linewidths=1.2, zorder=2)
        axes.annotate(
            textwrap.fill(held[node]["name"], 22), (x, y), xytext=(0, -(radius**0.5) / 2 - 3),
            textcoords="offset points", ha="center", va="top", fontsize=8.5, color=_TEXT_COLOUR, zorder=3, linespacing=0.95,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.72},
            parse_math=False,
        )  # fmt: skip


def _draw_legend(axes: Axes, graph: Any, scale: _Scale) -> None:
    groups = {held["group"]: held["group_colour"] for _, held in graph.nodes(data=True) if held["units"]}
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=9, color=colour, label=group)
        for group, colour in groups.items()
    ]
    lines = sorted({scale.most_count, max(1, scale.most_count // 4)})
    handles += [
        Line2D([], [], color="#5B6770", linewidth=scale.width(count), alpha=0.5, label=f"together in {count}")
        for count in lines
    ]
    legend = axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False, fontsize=9, ncols=6
    )
    for text in legend.get_texts():
        text.set_parse_math(False)  # a dollar sign in a name is a dollar sign


def write_figure(figure: Figure, path: Path) -> str:
    """Write a figure as PNG, SVG or PDF, by the ending; return a sentence if letters of its names cannot be drawn.

    SVG text stays text, and files come out the same twice.
    """
    kind = path.suffix.lower().lstrip(".")
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with (
        warnings.catch_warnings(record=True) as told,
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "qualcode"}),
    ):
        warnings.simplefilter("always")
        figure.savefig(path, format=kind, dpi=160, metadata=metadata, facecolor="white")
    if kind != "svg" and any("missing from" in str(one.message) for one in told):
        return "some letters of the names are in no font of this picture and show as boxes: write .svg instead"
    return ""
