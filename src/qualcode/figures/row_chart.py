"""Charts with one row per code: bars or dots with intervals, of one group or of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

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
    text_sizes,
    wrap_text,
)
from qualcode.figures.default_style import default_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Shape = Literal["bar", "dot", "open", "diamond"]

_ROW, _AXIS, _LEGEND, _GAP = 21.0, 40.0, 24.0, 10.0
"""Heights of a row, of the axis below the rows, and of a legend; distance of texts from the plot. In points."""
_LABEL_CHARACTERS = 46
_CLOSE = 0.008
"""Distance of dots that cover one another, as a share of the axis."""
_MARKERS = {"dot": "o", "open": "o", "diamond": "D"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its interval; a value of None is not drawn."""

    value: float | None
    low: float | None = None
    high: float | None = None
    colour: str = MARK_COLOUR
    shape: Shape = "dot"
    """``open`` is a circle that is not filled; a diamond stands for several codes together."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row: its label, its marks, and texts."""

    label: str
    marks: tuple[Mark, ...] = ()
    text: str = ""
    """On the right: numbers in words."""
    remark: str = ""
    """In place of marks, such as why there are none."""
    is_heading: bool = False
    colour: str = ""
    """Of the square before a heading."""


@dataclass(frozen=True, slots=True)
class RowAxis:
    """The horizontal axis: its label, whether its values are shares, its limits, and lines at some values."""

    label: str
    is_share: bool = False
    limits: tuple[float, float] | None = None
    lines: tuple[float, ...] = ()
    legend: tuple[tuple[str, str, Shape], ...] = ()
    """Name, colour and shape of the marks of each group."""


@default_style()
def draw_row_chart(rows: Sequence[ChartRow], axis: RowAxis, *, title: str, caption: Sequence[str]) -> Figure:
    """Return a figure with one row below the other, in the given order.

    Parameters
    ----------
    rows
        Rows and headings of groups of rows.
    axis
        What the horizontal axis shows.
    title, caption
        Heading, and paragraphs below it: what was counted, and what the signs mean.
    """
    labels = [wrap_text(row.label, _LABEL_CHARACTERS) or [""] for row in rows]
    heights = [max(_ROW, 12.0 * len(lines) + 9) for lines in labels]
    rows_height = sum(heights) or _ROW  # axes need some height
    top = heading_height(title, caption, WIDTH) + (_LEGEND if axis.legend else 6)
    height = top + rows_height + _AXIS + MARGIN / 2
    figure = make_figure(WIDTH, height)
    below = draw_heading(figure, title, caption)
    axes = add_point_axes(figure, MARGIN, MARGIN / 2 + _AXIS, WIDTH - MARGIN, height - top)
    _fit_axes(axes, rows, labels, figure)
    places = _find_places(heights)
    _draw_frame(axes, rows, axis, rows_height)
    for row, lines, place in zip(rows, labels, places, strict=True):
        _draw_row(axes, row, "\n".join(lines), place)
    if axis.legend:
        _draw_legend(figure, axis, below / height)
    return figure


def _find_places(heights: Sequence[float]) -> list[float]:
    """Return the vertical middle of each row, counted from the top."""
    places, top = [], 0.0
    for height in heights:
        places.append(top + height / 2)
        top += height
    return places


def _fit_axes(axes: Axes, rows: Sequence[ChartRow], labels: Sequence[Sequence[str]], figure: Figure) -> None:
    """Make room for the labels on the left and the texts on the right, as wide as they are."""
    texts = [figure.text(0, 0, "\n".join(lines), fontsize=9, parse_math=False) for lines in labels]
    values = [figure.text(0, 0, row.text, fontsize=8.5, parse_math=False) for row in rows]
    left = max((width for width, _ in text_sizes(texts)), default=0.0) + _GAP
    right = max((width for width, _ in text_sizes(values)), default=0.0)
    for text in (*texts, *values):
        text.remove()
    box = axes.get_position()
    points = box.width / (WIDTH - 2 * MARGIN)
    right += _GAP if right > 4 else 0
    axes.set_position((box.x0 + left * points, box.y0, box.width - (left + right) * points, box.height))


def _draw_frame(axes: Axes, rows: Sequence[ChartRow], axis: RowAxis, height: float) -> None:
    """Draw axis, grid and lines. One unit of the vertical axis is one point, downwards."""
    axes.set(xlim=axis.limits or _find_limits(rows), ylim=(height, 0))
    axes.set_yticks([])
    axes.tick_params(axis="x", labelsize=8.5, colors=CAPTION_COLOUR, length=0)
    axes.grid(axis="x", color=GRID_COLOUR, linewidth=0.7)
    axes.set_axisbelow(True)
    if axis.is_share:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID_COLOUR)
    for value in axis.lines:
        axes.axvline(value, color=CAPTION_COLOUR, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xlabel(axis.label, color=TEXT_COLOUR, fontsize=9)


def _find_limits(rows: Sequence[ChartRow]) -> tuple[float, float]:
    """Return limits that hold all values and intervals, and 0."""
    marks = [mark for row in rows for mark in row.marks]
    values = [value for mark in marks for value in (mark.value, mark.low, mark.high) if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    room = 0.02 * (high - low or 1.0)
    return (low - room if low < 0 else 0.0), (high + room if high > 0 else room)


def _draw_row(axes: Axes, row: ChartRow, label: str, place: float) -> None:
    across = axes.get_yaxis_transform()  # x as a share of the axes
    style: dict[str, Any] = {"fontsize": 9, "color": TEXT_COLOUR, "va": "center", "parse_math": False}
    weight = "bold" if row.is_heading else "normal"
    axes.annotate(
        label, (0, place), xycoords=across, xytext=(-_GAP, 0), textcoords="offset points", ha="right",
        fontweight=weight, annotation_clip=False, **style,
    )  # fmt: skip
    if row.is_heading and row.colour:
        axes.plot([0.004], [place], "s", transform=across, color=row.colour, markersize=7, clip_on=False)
    axes.annotate(
        row.text, (1, place), xycoords=across, xytext=(_GAP, 0), textcoords="offset points", annotation_clip=False,
        **{**style, "fontsize": 8.5, "color": CAPTION_COLOUR},
    )  # fmt: skip
    if row.remark:
        axes.text(
            0.01, place, row.remark, transform=across, style="italic",
            **{**style, "fontsize": 8, "color": CAPTION_COLOUR},
        )  # fmt: skip
    drawn = [mark for mark in row.marks if mark.value is not None]
    if len(drawn) > 1:
        values = [mark.value for mark in drawn if mark.value is not None]
        axes.plot([min(values), max(values)], [place, place], color="#B9C2C8", linewidth=3, solid_capstyle="butt")
    apart = 3.2 if _are_close(axes, drawn) else 0.0
    for number, mark in enumerate(drawn):
        # Intervals of several groups, and dots at one place, lie below one another, so that they can be told apart.
        step = 2 * number - len(drawn) + 1
        _draw_mark(axes, mark, place + apart * step, place + 3.2 * step)


def _are_close(axes: Axes, marks: Sequence[Mark]) -> bool:
    """Return whether two marks would cover one another."""
    values = sorted(mark.value for mark in marks if mark.value is not None)
    low, high = axes.get_xlim()
    return any(b - a < _CLOSE * (high - low) for a, b in pairwise(values))


def _draw_mark(axes: Axes, mark: Mark, place: float, interval_place: float) -> None:
    is_bar = mark.shape == "bar"
    if is_bar and mark.value is not None:
        axes.barh(place, mark.value, height=12, color=mark.colour, alpha=0.85, zorder=2)
    if mark.low is not None and mark.high is not None:
        colour = TEXT_COLOUR if is_bar else mark.colour
        width = 1.2 if is_bar else 2.0
        ends = [mark.low, mark.high]
        axes.plot(ends, [interval_place] * 2, color=colour, linewidth=width, solid_capstyle="butt", zorder=3)
        if is_bar:
            axes.plot(ends, [interval_place] * 2, "|", color=colour, markersize=5, zorder=3)
    if not is_bar and mark.value is not None:
        filled = "white" if mark.shape == "open" else mark.colour
        edge = mark.colour if mark.shape == "open" else "white"
        size = 6.5 if mark.shape == "diamond" else 7
        axes.plot(
            [mark.value], [place], _MARKERS[mark.shape], markersize=size, color=filled, markeredgecolor=edge,
            markeredgewidth=1.4 if mark.shape == "open" else 0.8, zorder=4, clip_on=False,
        )  # fmt: skip


def _draw_legend(figure: Figure, axis: RowAxis, top: float) -> None:
    """Draw the marks of the groups with their names below the caption."""
    handles = [
        Patch(color=colour, label=name)
        if shape == "bar"
        else Line2D(
            [], [], marker=_MARKERS[shape], linestyle="", markersize=7, label=name, markeredgewidth=1.4,
            color="white" if shape == "open" else colour, markeredgecolor=colour,
        )
        for name, colour, shape in axis.legend
    ]  # fmt: skip
    legend = figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(MARGIN / WIDTH, top), frameon=False, fontsize=9,
        ncols=max(len(handles), 1), borderaxespad=0, borderpad=0.1, handletextpad=0.4,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)
