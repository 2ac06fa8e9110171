"""Agreement by code as a figure: a dot for each value and a line for its interval."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qualcode.figures.default_style import default_style
from qualcode.figures.network_figure import NotebookFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _ROW, _MARGINS = 8.6, 0.27, 1.5
"""Inches: the figure's width, the height of a row, and that of title, axis and caption together."""
_TEXT_COLOUR, _CAPTION_COLOUR, _GRID_COLOUR, _DOT_COLOUR = "#222222", "#555555", "#DDDDDD", "#27566B"
_CAPTION_CHARACTERS = 118
_BOUNDS = (0.667, 0.8)
"""Krippendorff's bounds for tentative and for firm conclusions (Content Analysis, 2004, p. 241)."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval and the label of its row; without a value, the reason."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    colour: str = ""
    is_summary: bool = False
    """Whether it stands for several codes: shown as a diamond."""


@default_style()
def draw_agreement(dots: Sequence[Dot], *, title: str, axis: str, caption: str, bounds: bool) -> Figure:
    """Return a figure with one row per dot, in the given order from the top.

    Parameters
    ----------
    dots
        The rows.
    title, axis, caption
        Heading, label of the horizontal axis, and text below: what was compared.
    bounds
        Whether Krippendorff's bounds .667 and .800 are drawn.
    """
    lines = textwrap.wrap(caption, _CAPTION_CHARACTERS)
    height = _MARGINS + _ROW * max(len(dots), 1) + 0.17 * len(lines)
    figure = NotebookFigure(figsize=(_WIDTH, height))
    FigureCanvasAgg(figure)
    bottom = (0.75 + 0.17 * len(lines)) / height
    axes = figure.add_axes((0.36, bottom, 0.6, 1 - bottom - 0.5 / height))
    _draw_frame(axes, dots, bounds=bounds)
    for position, dot in enumerate(dots):
        _draw_dot(axes, dot, len(dots) - 1 - position)
    axes.set_xlabel(axis, color=_TEXT_COLOUR, fontsize=9)
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, weight="bold", color=_TEXT_COLOUR, va="center")
    figure.text(0.02, 0.1 / height, "\n".join(lines), fontsize=8, color=_CAPTION_COLOUR, va="bottom", linespacing=1.4)
    return figure


def _draw_frame(axes: Axes, dots: Sequence[Dot], *, bounds: bool) -> None:
    """Draw axis, grid and the labels of rows."""
    lowest = min([0.0, *(value for dot in dots for value in (dot.value, dot.low) if value is not None)])
    axes.set(xlim=(lowest - 0.03, 1.03), ylim=(-0.7, len(dots) - 0.3))
    axes.set_yticks(range(len(dots)), [dot.label for dot in reversed(dots)], fontsize=9, color=_TEXT_COLOUR)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8.5, colors=_CAPTION_COLOUR)
    axes.grid(axis="x", color=_GRID_COLOUR, linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_GRID_COLOUR)
    for bound in _BOUNDS if bounds else ():
        axes.axvline(bound, color=_CAPTION_COLOUR, linewidth=0.8, linestyle=(0, (4, 3)))


def _draw_dot(axes: Axes, dot: Dot, row: int) -> None:
    colour = dot.colour or _DOT_COLOUR
    if dot.value is None:
        axes.text(0.01, row, f"undefined: {dot.reason}", fontsize=8, style="italic", color=_CAPTION_COLOUR, va="center")
        return
    if dot.low is not None and dot.high is not None:
        axes.plot([dot.low, dot.high], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
    marker, size = ("D", 6.5) if dot.is_summary else ("o", 7)
    axes.plot([dot.value], [row], marker, markersize=size, color=colour, markeredgecolor="white", markeredgewidth=0.8)
