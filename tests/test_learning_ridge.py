"""Ridge regression: held-out scores equal those of training without each group; unknown cells have no influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.suggest.learning.ridge import RidgeFit, fit_ridge

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Mask = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
Groups = np.ndarray[tuple[int], np.dtype[np.intp]]


@dataclass(frozen=True)
class Case:
    """Arguments of a regression."""

    kernel: Matrix
    target: Matrix
    known: Mask
    groups: Groups

    def fit(self, target: Matrix | None = None, *, penalty: float = 5.0) -> RidgeFit:
        target = self.target if target is None else target
        return fit_ridge(self.kernel, target, groups=self.groups, known=self.known, penalty=penalty)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows, codes = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    features = random.normal(size=(rows, draw(st.integers(1, 6))))
    known = random.random((rows, codes)) < draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    groups = random.integers(0, draw(st.integers(1, 5)), rows)
    return Case(features @ features.T, random.integers(0, 2, (rows, codes)).astype(float), known, groups)


def train(case: Case, code: int, selected: np.ndarray[tuple[int], np.dtype[np.bool_]], penalty: float) -> Matrix:
    """Return the scores of all rows for one code by a regression on some of the known rows."""
    rows = np.flatnonzero(selected & case.known[:, code])
    shifted = case.kernel[np.ix_(rows, rows)] + penalty * np.eye(len(rows))
    scores: Matrix = case.kernel[:, rows] @ np.linalg.solve(shifted, case.target[rows, code])
    return scores


@settings(max_examples=150)
@given(cases(), st.sampled_from([0.5, 5.0]))
def test_held_out_scores_equal_training_without_the_group(case: Case, penalty: float) -> None:
    fit = case.fit(penalty=penalty)
    for code in range(case.target.shape[1]):
        for group in np.unique(case.groups):
            own = case.groups == group
            expected = train(case, code, case.groups != group, penalty)
            np.testing.assert_allclose(fit.held_out[own, code], expected[own], atol=1e-8)


@given(cases())
def test_coefficients_are_those_of_a_regression_on_known_rows(case: Case) -> None:
    fit = case.fit()
    everything = np.ones(len(case.groups), dtype=bool)
    for code in range(case.target.shape[1]):
        expected = train(case, code, everything, 5.0)
        np.testing.assert_allclose(case.kernel @ fit.coefficients[:, code], expected, atol=1e-8)
    assert not fit.coefficients[~case.known].any()


@given(cases())
def test_unknown_cells_have_no_influence(case: Case) -> None:
    fit, other = case.fit(), case.fit(np.where(case.known, case.target, 1000 - case.target))
    assert np.array_equal(fit.coefficients, other.coefficients)
    assert np.array_equal(fit.held_out, other.held_out)


@given(cases())
def test_target_of_a_group_does_not_change_its_own_held_out_scores(case: Case) -> None:
    fit = case.fit()
    for group in np.unique(case.groups):
        own = (case.groups == group)[:, None] & case.known
        other = case.fit(np.where(own, 1 - case.target, case.target))
        np.testing.assert_allclose(other.held_out[own], fit.held_out[own], atol=1e-8)


def test_held_out_scores_are_zero_for_a_single_group() -> None:
    case = Case(np.eye(3) + 1, np.ones((3, 1)), np.ones((3, 1), dtype=bool), np.zeros(3, dtype=np.intp))
    assert case.fit().held_out == pytest.approx(np.zeros((3, 1)))


def test_coefficients_with_an_unknown_column_and_an_unknown_group() -> None:
    known = np.array([[1, 0], [1, 0], [0, 0], [1, 0]], dtype=bool)
    case = Case(np.eye(4) + 1, np.ones((4, 2)), known, np.array([0, 0, 1, 2]))
    fit = case.fit(penalty=1)
    assert not fit.coefficients[:, 1].any()
    assert not fit.held_out[:, 1].any()
    # three known rows of kernel 1 + 2 on the diagonal, so each coefficient is 1 / 5 (2 + 3 = 5); row 2 gets 3 of them
    assert fit.coefficients[:, 0] == pytest.approx([0.2, 0.2, 0, 0.2])
    # row 3 has two others, each 1 / 4; rows 0 and 1 have row 3 alone, 1 / 3; row 2, not known, all three
    assert fit.held_out[:, 0] == pytest.approx([1 / 3, 1 / 3, 0.6, 0.5])


def test_arguments_are_not_modified() -> None:
    kernel, target = np.eye(3) + 1, np.ones((3, 1))
    fit_ridge(kernel, target, groups=np.arange(3), known=np.array([[True], [False], [True]]))
    assert np.array_equal(kernel, np.eye(3) + 1)
    assert np.array_equal(target, np.ones((3, 1)))
