"""A heat map: a table of codes by values of an attribute, each cell coloured by its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from qualcode.figures.chart_page import (
    CAPTION_COLOUR,
    MARGIN,
    TEXT_COLOUR,
    WIDTH,
    add_point_axes,
    draw_heading,
    heading_height,
    make_figure,
    text_sizes,
    wrap_text,
)
from qualcode.figures.default_style import default_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _LABEL_CHARACTERS, _COLUMN_CHARACTERS = 21.0, 46, 14
_NARROWEST, _WIDEST = 34.0, 96.0
"""Limits of the width of a column, in points."""
_HEADING_LINE = 12.0
_COLOURS = LinearSegmentedColormap.from_list("shares", ["#F7F9FA", "#A9C8D4", "#4F8FA8", "#1D4F63"])


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row of cells: numbers between 0 and 1 for the colours (None: undefined), and what is written in them."""

    label: str
    values: tuple[float | None, ...] = ()
    texts: tuple[str, ...] = ()
    is_heading: bool = False


@default_style()
def draw_heat_map(rows: Sequence[HeatRow], columns: Sequence[str], *, title: str, caption: Sequence[str]) -> Figure:
    """Return a figure with one row below the other; ``columns`` are the headings of the cells."""
    labels = [wrap_text(row.label, _LABEL_CHARACTERS) or [""] for row in rows]
    headings = ["\n".join(_wrap_lines(column)) for column in columns]
    above = _HEADING_LINE * max((heading.count("\n") + 1 for heading in headings), default=1) + 8
    figure = make_figure(WIDTH, WIDTH)
    texts = [figure.text(0, 0, "\n".join(lines), fontsize=9, parse_math=False) for lines in labels]
    left = MARGIN + max((width for width, _ in text_sizes(texts)), default=0.0) + 8
    for text in texts:
        text.remove()
    cell = min(max((WIDTH - left - MARGIN) / max(len(columns), 1), _NARROWEST), _WIDEST)
    width = max(WIDTH, left + cell * len(columns) + MARGIN)
    heights = [max(_ROW, 12.0 * len(lines) + 9) for lines in labels]
    height = sum(heights) or _ROW  # axes need some height
    top = heading_height(title, caption, width) + above
    figure.set_size_inches(width / 72, (top + height + MARGIN) / 72)
    draw_heading(figure, title, caption)
    axes = add_point_axes(figure, left, MARGIN, left + cell * max(len(columns), 1), MARGIN + height)
    axes.set(xlim=(0, max(len(columns), 1)), ylim=(height, 0))
    axes.set_axis_off()
    for position, heading in enumerate(headings):
        _write(axes, (position + 0.5, -4), heading, va="bottom", ha="center", color=CAPTION_COLOUR)
    y = 0.0
    for row, lines, row_height in zip(rows, labels, heights, strict=True):
        _draw_row(axes, row, "\n".join(lines), (y, row_height))
        y += row_height
    return figure


def _wrap_lines(heading: str) -> list[str]:
    return [part for line in heading.split("\n") for part in wrap_text(line, _COLUMN_CHARACTERS)]


def _draw_row(axes: Axes, row: HeatRow, label: str, place: tuple[float, float]) -> None:
    top, height = place
    weight = "bold" if row.is_heading else "normal"
    axes.annotate(
        label, (0, top + height / 2), xytext=(-8, 0), textcoords="offset points", ha="right", va="center", fontsize=9,
        color=TEXT_COLOUR, fontweight=weight, annotation_clip=False, parse_math=False,
    )  # fmt: skip
    for position, (value, text) in enumerate(zip(row.values, row.texts, strict=True)):
        colour = "#FFFFFF" if value is None else _COLOURS(float(np.clip(value, 0, 1)))
        axes.fill_between([position + 0.02, position + 0.98], top + 0.8, top + height - 0.8, color=colour, linewidth=0)
        # White on dark cells, dark on light ones.
        ink = "white" if value is not None and value > 0.7 else TEXT_COLOUR
        _write(axes, (position + 0.5, top + height / 2), text, va="center", ha="center", color=ink)


def _write(axes: Axes, place: tuple[float, float], text: str, *, va: str, ha: str, color: str) -> None:
    axes.text(*place, text, fontsize=8.5, va=va, ha=ha, color=color, parse_math=False, linespacing=1.05)
