"""One interview as a figure: a row for each code, with its passages at their places in the talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from qualcode.figures.chart_page import (
    CAPTION_COLOUR,
    GRID_COLOUR,
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

_ROW, _AXIS, _LABEL_CHARACTERS = 20.0, 40.0, 40
_SHORTEST = 0.004
"""Least width of a passage, as a share of the interview, so that it can be seen."""
_QUESTION_COLOUR = "#ECEFF1"
_STEPS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Distances of marks on the axis, in seconds."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A code with the starts and ends of its passages, in the units of the axis."""

    label: str
    spans: tuple[tuple[float, float], ...]
    colour: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimelineAxis:
    """Where the interview ends, its interviewer's turns, and the label of the axis."""

    end: float
    label: str
    questions: tuple[tuple[float, float], ...] = ()
    is_time: bool = False
    """Whether positions are seconds."""


@default_style()
def draw_timeline(rows: Sequence[TimelineRow], axis: TimelineAxis, *, title: str, caption: Sequence[str]) -> Figure:
    """Return a figure with one row for each code; interviewers' turns are shaded."""
    labels = ["\n".join(wrap_text(row.label, _LABEL_CHARACTERS)) for row in rows]
    heights = [max(_ROW, 12.0 * (label.count("\n") + 1) + 8) for label in labels]
    height = sum(heights) or _ROW  # axes need some height
    top = heading_height(title, caption, WIDTH) + 4
    figure = make_figure(WIDTH, top + height + _AXIS + MARGIN / 2)
    draw_heading(figure, title, caption)
    texts = [figure.text(0, 0, label, fontsize=9, parse_math=False) for label in labels]
    left = MARGIN + max((width for width, _ in text_sizes(texts)), default=0.0) + 8
    for text in texts:
        text.remove()
    axes = add_point_axes(figure, left, MARGIN / 2 + _AXIS, WIDTH - MARGIN - 34, MARGIN / 2 + _AXIS + height)
    axes.set(xlim=(0, axis.end or 1), ylim=(height, 0))
    for start, end in axis.questions:
        axes.axvspan(start, end, color=_QUESTION_COLOUR, linewidth=0, zorder=0)
    y = 0.0
    for row, label, row_height in zip(rows, labels, heights, strict=True):
        _draw_row(axes, row, label, (y, row_height))
        y += row_height
    _draw_axis(axes, axis)
    return figure


def _draw_row(axes: Axes, row: TimelineRow, label: str, place: tuple[float, float]) -> None:
    top, height = place
    middle = top + height / 2
    shortest = _SHORTEST * float(axes.get_xlim()[1])
    spans = [(start, max(end - start, shortest)) for start, end in row.spans]
    axes.axhline(middle, color=GRID_COLOUR, linewidth=0.7, zorder=1)
    axes.broken_barh(spans, (middle - 6, 12), facecolors=row.colour, linewidth=0, zorder=2)
    style = {"textcoords": "offset points", "va": "center", "annotation_clip": False, "parse_math": False}
    axes.annotate(label, (0, middle), xytext=(-8, 0), ha="right", fontsize=9, color=TEXT_COLOUR, **style)  # type: ignore[arg-type]
    axes.annotate(
        row.text,
        (axes.get_xlim()[1], middle),
        xytext=(8, 0),
        fontsize=8.5,
        color=CAPTION_COLOUR,
        **style,  # type: ignore[arg-type]
    )


def _draw_axis(axes: Axes, axis: TimelineAxis) -> None:
    axes.set_yticks([])
    axes.tick_params(axis="x", labelsize=8.5, colors=CAPTION_COLOUR, length=0)
    if axis.is_time:
        # Whole minutes, at most twelve of them.
        step = next((step for step in _STEPS if axis.end / step <= 12), _STEPS[-1])
        axes.xaxis.set_major_locator(MultipleLocator(step))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value) // 60}:{int(value) % 60:02d}"))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID_COLOUR)
    axes.set_xlabel(axis.label, color=TEXT_COLOUR, fontsize=9)
