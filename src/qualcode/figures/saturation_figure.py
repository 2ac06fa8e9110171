"""Saturation as a figure: the number of codes by transcript, with its band over random orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from qualcode.figures.chart_page import (
    CAPTION_COLOUR,
    GRID_COLOUR,
    MARGIN,
    MARK_COLOUR,
    TEXT_COLOUR,
    WIDTH,
    add_point_axes,
    draw_heading,
    heading_height,
    make_figure,
    write_line,
)
from qualcode.figures.default_style import default_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PLOT, _LABELS, _AXIS = 230.0, 22.0, 44.0
"""Heights of the plot, of the name of a curve above it, and of the axis below. In points."""
_BAND_COLOUR, _NEW_COLOUR = "#D3E1E7", "#B9C2C8"


@dataclass(frozen=True, slots=True)
class Curve:
    """The numbers of one group of transcripts, in order; the band may be missing."""

    name: str
    new: Sequence[int]
    cumulative: Sequence[int]
    expected: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    saturated_at: int | None = None
    """The last transcript of the first run that meets a rule."""


@default_style()
def draw_saturation(curves: Sequence[Curve], *, title: str, caption: Sequence[str]) -> Figure:
    """Return a figure with one plot for each curve, below one another, on one scale."""
    top = heading_height(title, caption, WIDTH)
    panel = _PLOT + _AXIS + (_LABELS if len(curves) > 1 else 0)
    height = top + panel * len(curves) + MARGIN / 2
    figure = make_figure(WIDTH, height)
    draw_heading(figure, title, caption)
    most = max((value for curve in curves for value in curve.cumulative), default=1)
    longest = max((len(curve.new) for curve in curves), default=1)
    for number, curve in enumerate(curves):
        upper = height - top - panel * number
        if len(curves) > 1:
            write_line(figure, MARGIN, upper, curve.name, fontsize=10.5, color=TEXT_COLOUR, fontweight="bold")
            upper -= _LABELS
        axes = add_point_axes(figure, MARGIN + 34, upper - _PLOT, WIDTH - MARGIN, upper)
        axes.set(xlim=(0.4, longest + 0.6), ylim=(0, most * 1.12 + 0.5))
        _draw_curve(axes, curve)
        if number == 0:
            axes.legend(
                loc="center right", fontsize=8.5, frameon=True, facecolor="white", edgecolor="none", framealpha=0.85
            )
    return figure


def _draw_curve(axes: Axes, curve: Curve) -> None:
    places = range(1, len(curve.new) + 1)
    if curve.low and curve.high:
        axes.fill_between(places, curve.low, curve.high, color=_BAND_COLOUR, linewidth=0, label="random orders")
    axes.bar(places, curve.new, width=0.6, color=_NEW_COLOUR, label="new in this transcript")
    axes.plot(
        places, curve.expected, color=CAPTION_COLOUR, linewidth=1, linestyle=(0, (4, 3)), label="mean of all orders"
    )
    axes.plot(
        places, curve.cumulative, color=MARK_COLOUR, linewidth=1.8, marker="o", markersize=3.5, label="codes so far"
    )
    if curve.saturated_at is not None:
        axes.axvline(curve.saturated_at, color="#B8860B", linewidth=1.2, zorder=1, label="saturated by the rule")
    _draw_axes(axes)


def _draw_axes(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.tick_params(labelsize=8.5, colors=CAPTION_COLOUR, length=0)
    axes.grid(axis="y", color=GRID_COLOUR, linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID_COLOUR)
    axes.set_xlabel("transcripts, in order", color=TEXT_COLOUR, fontsize=9)
    axes.set_ylabel("codes", color=TEXT_COLOUR, fontsize=9)
