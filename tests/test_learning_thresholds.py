"""Thresholds of codes, compared with a search over all thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.suggest.learning.thresholds import best_threshold, choose_thresholds

eighths = st.integers(0, 8).map(lambda number: number / 8)
"""Sums of these are exact in any order of addition."""


@given(st.lists(st.tuples(eighths, eighths), max_size=12))
def test_best_threshold_has_greatest_f1_in_any_order_of_cells(cells: list[tuple[float, float]]) -> None:
    probability, target = (np.array([cell[side] for cell in cells]) for side in (0, 1))

    def f1(threshold: float) -> float:
        chosen = probability >= threshold
        return float(2 * target[chosen].sum() / (chosen.sum() + target.sum()))

    best = best_threshold(probability, target)
    if target.sum() == 0:
        assert best == 1
        return
    assert probability.min() <= best <= probability.max()
    assert f1(best) == pytest.approx(max(f1(value) for value in probability))
    assert best_threshold(probability[::-1], target[::-1]) == best


def test_best_threshold_shows_cells_of_equal_probability_together() -> None:
    # at 0.5 all five are shown, two of them right: F1 is 4/7; at 0.9 one is, and right: 2/3
    probability, target = np.array([0.9, 0.5, 0.5, 0.5, 0.5]), np.array([1.0, 1, 0, 0, 0])
    assert best_threshold(probability, target) == pytest.approx(0.7)


def test_thresholds_lie_between_shared_and_own_best_threshold() -> None:
    probability = np.array([[0.9, 0.4], [0.8, 0.3], [0.1, 0.1]])
    truth = np.array([[1, 1], [1, 0], [0, 0]], dtype=bool)
    known = np.ones((3, 2), dtype=bool)
    # all codes: three are right and the three highest are .9, .8, .4, so half-way from .4 to .3. The first alone is
    # best from .8 on, half-way to .1; the second from .4 on, half-way to .3: its expected labels are .7, .15 and .05,
    # so that F1 is 2 * .7 / (1 + .9) = .74 there and 2 * .85 / (2 + .9) = .59 at .3
    assert choose_thresholds(probability, truth, known) == pytest.approx([np.sqrt(0.35 * 0.45), 0.35])


def test_threshold_is_at_most_one_half() -> None:
    probability, truth = np.array([[0.9], [0.7]]), np.array([[True], [False]])
    assert choose_thresholds(probability, truth, np.ones((2, 1), dtype=bool)) == [0.5]


def test_unknown_cells_do_not_affect_thresholds() -> None:
    probability = np.array([[0.9, 0.9], [0.2, 0.7], [0.1, 0.1]])
    truth = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool)
    known = np.array([[1, 0], [1, 0], [1, 0]], dtype=bool)
    thresholds = choose_thresholds(probability, truth, known)
    # of the first alone .9 is right: half-way to .2; the second has no known cell, so its own threshold is 1
    assert thresholds == pytest.approx([0.5, 0.5])
    assert np.array_equal(choose_thresholds(probability, truth ^ ~known, known), thresholds)
