"""Agreement by code as a figure: a dot for each value and a line for its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from qualcode.figures.chart_page import MARK_COLOUR
from qualcode.figures.row_chart import ChartRow, Mark, RowAxis, draw_row_chart

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
    lowest = min([0.0, *(value for dot in dots for value in (dot.value, dot.low) if value is not None)])
    limits = (lowest - 0.03, 1.03)
    return draw_row_chart(
        [_make_row(dot) for dot in dots],
        RowAxis(axis, limits=limits, lines=_BOUNDS if bounds else ()),
        title=title,
        caption=[caption] if caption else [],
    )


def _make_row(dot: Dot) -> ChartRow:
    mark = Mark(dot.value, dot.low, dot.high, dot.colour or MARK_COLOUR, shape="diamond" if dot.is_summary else "dot")
    return ChartRow(dot.label, (mark,), remark=f"undefined: {dot.reason}" if dot.value is None else "")
