"""Positions of labels beside circles, where they cover no circle, no line and no other label, if there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DIRECTIONS = np.array([(0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1)], float)
"""Sides of a circle on which a label may be, the most usual first: below, above, right, left, then the corners."""
_GAP = 3.0
"""Distance of a label from its circle."""
_EDGE_COST, _COVER_COST, _LINE_COST, _ORDER_COST = 20.0, 6.0, 1.0, 0.04
"""Of being outside the area, of covering circles and labels, of covering lines, of being on a less usual side."""
_ROUNDS = 6


@dataclass(frozen=True)
class Drawing:
    """What labels must avoid, in points; rectangles are ``(left, bottom, right, top)``."""

    area: tuple[float, float, float, float]
    centres: Floats
    """Of the circles, shape (circles, 2)."""
    radii: Floats
    """Of the circles, shape (circles,)."""
    lines: Floats
    """Ends of the lines, shape (lines, 2, 2)."""
    line_widths: Floats
    """Shape (lines,)."""

    @property
    def squares(self) -> Floats:
        """Rectangles around the circles, shape (circles, 4)."""
        radii = self.radii[:, None]
        return np.hstack([self.centres - radii, self.centres + radii])


def place_labels(drawing: Drawing, sizes: Floats) -> Floats:
    """Return the centre of each circle's label, shape (circles, 2); ``sizes`` are widths and heights of labels.

    Each label takes the side of its circle on which it covers least, given the others; a few rounds settle that.
    """
    candidates = _candidate_centres(drawing, sizes)
    fixed_costs = _fixed_costs(drawing, candidates, sizes)
    chosen = fixed_costs.argmin(axis=1)
    for _ in range(_ROUNDS):
        before = chosen.copy()
        for label in range(len(sizes)):
            others = _rectangles(candidates[np.arange(len(sizes)), chosen], sizes)
            others = np.delete(others, label, axis=0)
            own = _rectangles(candidates[label], sizes[label])
            covered = _COVER_COST * _covered_shares(own, others, sizes[label])
            chosen[label] = (fixed_costs[label] + covered).argmin()
        if (chosen == before).all():
            break
    centres: Floats = candidates[np.arange(len(sizes)), chosen]
    return centres


def _candidate_centres(drawing: Drawing, sizes: Floats) -> Floats:
    """Return where labels may have their centres, shape (circles, sides, 2)."""
    is_corner = np.abs(_DIRECTIONS).sum(axis=1, keepdims=True) > 1
    # A corner of the label is nearer to the circle than its sides would be.
    distance = (drawing.radii[:, None, None] + _GAP) * np.where(is_corner, 0.72, 1.0)
    centres: Floats = drawing.centres[:, None] + _DIRECTIONS * (distance + sizes[:, None] / 2)
    return centres


def _fixed_costs(drawing: Drawing, candidates: Floats, sizes: Floats) -> Floats:
    """Return what each label covers on each side apart from other labels, shape (circles, sides)."""
    costs = np.tile(_ORDER_COST * np.arange(len(_DIRECTIONS)), (len(sizes), 1))
    squares = drawing.squares
    for label, size in enumerate(sizes):
        own = _rectangles(candidates[label], size)
        outside = 1 - _overlap_areas(own, np.array([drawing.area]))[:, 0] / size.prod()
        circles = _covered_shares(own, np.delete(squares, label, axis=0), size)
        lines = _lengths_inside(own, drawing.lines) @ (1 + drawing.line_widths / 2) / size.sum()
        costs[label] += _EDGE_COST * outside + _COVER_COST * circles + _LINE_COST * lines
    return costs


def _covered_shares(rectangles: Floats, others: Floats, size: Floats) -> Floats:
    """Return the share of each rectangle that others cover, and a tenth more for each of them."""
    areas = _overlap_areas(rectangles, others) / size.prod()
    shares: Floats = (areas + 0.1 * (areas > 0)).sum(axis=1)
    return shares


def _rectangles(centres: Floats, sizes: Floats) -> Floats:
    return np.hstack([centres - sizes / 2, centres + sizes / 2])


def _overlap_areas(rectangles: Floats, others: Floats) -> Floats:
    """Return the area that each rectangle shares with each other one, shape (rectangles, others)."""
    low = np.maximum(rectangles[:, None, :2], others[None, :, :2])
    high = np.minimum(rectangles[:, None, 2:], others[None, :, 2:])
    areas: Floats = np.clip(high - low, 0, None).prod(axis=2)
    return areas


def _lengths_inside(rectangles: Floats, lines: Floats) -> Floats:
    """Return the length of each line within each rectangle, shape (rectangles, lines).

    Liang, Y.-D., and Barsky, B. A. (1984). A new concept and method for line clipping. ACM Transactions on Graphics
    3(1), 1-22.
    """
    start, step = lines[:, 0], lines[:, 1] - lines[:, 0]
    # A line along an axis never crosses the sides along it; a tiny step makes their crossings far away.
    step = np.where(np.abs(step) < 1e-9, 1e-9, step)
    first = (rectangles[:, None, :2] - start) / step
    second = (rectangles[:, None, 2:] - start) / step
    enter = np.clip(np.minimum(first, second).max(axis=2), 0, 1)
    leave = np.clip(np.maximum(first, second).min(axis=2), 0, 1)
    lengths: Floats = np.clip(leave - enter, 0, None) * np.linalg.norm(step, axis=1)
    return lengths


def make_lines(ends: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> Floats:
    """Return the ends of lines as an array, shape (lines, 2, 2)."""
    return np.array(ends, float).reshape(-1, 2, 2)


def place_label_boxes(
    area: tuple[float, float, float, float],
    circles: Sequence[tuple[float, float, float]],
    lines: Sequence[tuple[tuple[float, float], tuple[float, float], float]],
    sizes: Sequence[tuple[float, float]],
) -> list[tuple[float, float]]:
    """Return what `place_labels` returns, for numbers instead of arrays.

    Parameters
    ----------
    area
        Left, bottom, right and top of the drawing.
    circles
        Centre and radius of each.
    lines
        Both ends and width of each.
    sizes
        Width and height of the label of each circle.
    """
    array = np.array(circles, float).reshape(-1, 3)
    ends = make_lines([(start, end) for start, end, _ in lines])
    drawing = Drawing(area, array[:, :2], array[:, 2], ends, np.array([width for *_, width in lines], float))
    placed = place_labels(drawing, np.array(sizes, float).reshape(-1, 2))
    return [(float(x), float(y)) for x, y in placed]
