"""The saturation curve as places in per cent of a drawing: codes that have occurred, by number of transcripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.export.report.charts.chart_rows import Axis, make_axis


@dataclass(frozen=True, slots=True)
class SaturationCurve:
    """Points as ``x,y`` texts for SVG, in a box of 100 by 100 whose y grows downwards."""

    codes: Axis
    x_labels: Sequence[tuple[float, str]]
    steps: str
    """Codes that have occurred in the first transcripts, in their order."""
    expected: str
    """Their mean over all orders."""
    band: str
    """The interval over random orders, as a polygon; empty if there is none."""
    met: float | None
    """Where the rule for saturation is met."""


def make_saturation_curve(rows: Sequence[Mapping[str, Any]]) -> SaturationCurve | None:
    """Return the curve of rows of the table of saturation; None if there are fewer than two transcripts."""
    if len(rows) < 2:
        return None
    size = len(rows)
    axis = make_axis(max(max(row["cumulative"], row["high"] or 0) for row in rows))

    def points(column: str) -> list[str]:
        return [
            f"{100 * (row['position'] - 1) / (size - 1):.2f},{100 - axis.place(row[column]):.2f}"
            for row in rows
            if row[column] is not None
        ]

    met = next((row["position"] for row in rows if row["is_saturated"]), None)
    return SaturationCurve(
        axis,
        [(round(100 * (at - 1) / (size - 1), 2), str(at)) for at in _label_positions(size)],
        " ".join(points("cumulative")),
        " ".join(points("expected")),
        " ".join([*points("low"), *reversed(points("high"))]),
        None if met is None else round(100 * (met - 1) / (size - 1), 2),
    )


def _label_positions(size: int) -> list[int]:
    """Return the numbers of transcripts that are labelled: the first, round ones, and the last.

    >>> _label_positions(51), _label_positions(3)
    ([1, 20, 40, 51], [1, 2, 3])
    """
    ticks = [round(tick) for tick in make_axis(size).ticks if tick == round(tick)]
    return [1, *(tick for tick in ticks if 1 < tick <= 0.9 * size), size]
