"""Ridge regression: left-out scores beside training once for each group; cells not known tell nothing."""

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
    """Rows to regress, with a kernel that features give."""

    kernel: Matrix
    target: Matrix
    known: Mask
    groups: Groups

    def ridge(self, target: Matrix | None = None, *, strength: float = 5.0) -> RidgeFit:
        target = self.target if target is None else target
        return fit_ridge(self.kernel, target, groups=self.groups, known=self.known, penalty=strength)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows, codes = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    features = random.normal(size=(rows, draw(st.integers(1, 6))))
    known = random.random((rows, codes)) < draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    groups = random.integers(0, draw(st.integers(1, 5)), rows)
    return Case(features @ features.T, random.integers(0, 2, (rows, codes)).astype(float), known, groups)


def trained(case: Case, code: int, inside: np.ndarray[tuple[int], np.dtype[np.bool_]], strength: float) -> Matrix:
    """Return the scores of all rows for one code by a regression that has some of the known rows alone."""
    rows = np.flatnonzero(inside & case.known[:, code])
    shifted = case.kernel[np.ix_(rows, rows)] + strength * np.eye(len(rows))
    found: Matrix = case.kernel[:, rows] @ np.linalg.solve(shifted, case.target[rows, code])
    return found


@settings(max_examples=150)
@given(cases(), st.sampled_from([0.5, 5.0]))
def test_held_out_scores_are_those_of_training_without_the_group(case: Case, strength: float) -> None:
    found = case.ridge(strength=strength)
    for code in range(case.target.shape[1]):
        for group in np.unique(case.groups):
            own = (case.groups == group) & case.known[:, code]
            theirs = trained(case, code, case.groups != group, strength)
            np.testing.assert_allclose(found.held_out[own, code], theirs[own], atol=1e-8)


@given(cases())
def test_coefficients_and_scores_of_rows_not_known_are_those_of_the_known_rows(case: Case) -> None:
    found = case.ridge()
    everything = np.ones(len(case.groups), dtype=bool)
    for code in range(case.target.shape[1]):
        theirs, unknown = trained(case, code, everything, 5.0), ~case.known[:, code]
        np.testing.assert_allclose(case.kernel @ found.coefficients[:, code], theirs, atol=1e-8)
        np.testing.assert_allclose(found.held_out[unknown, code], theirs[unknown], atol=1e-8)
    assert not found.coefficients[~case.known].any()


@given(cases())
def test_cells_not_known_tell_nothing(case: Case) -> None:
    found, other = case.ridge(), case.ridge(np.where(case.known, case.target, 1000 - case.target))
    assert np.array_equal(found.coefficients, other.coefficients)
    assert np.array_equal(found.held_out, other.held_out)


@given(cases())
def test_what_a_group_says_does_not_change_its_own_scores(case: Case) -> None:
    found = case.ridge()
    for group in np.unique(case.groups):
        own = (case.groups == group)[:, None] & case.known
        other = case.ridge(np.where(own, 1 - case.target, case.target))
        np.testing.assert_allclose(other.held_out[own], found.held_out[own], atol=1e-8)


def test_one_group_alone_leaves_nothing_to_learn_from() -> None:
    case = Case(np.eye(3) + 1, np.ones((3, 1)), np.ones((3, 1), dtype=bool), np.zeros(3, dtype=np.intp))
    assert case.ridge().held_out == pytest.approx(np.zeros((3, 1)))


def test_codes_with_one_column_unknown_everywhere_and_one_group_unknown() -> None:
    known = np.array([[1, 0], [1, 0], [0, 0], [1, 0]], dtype=bool)
    case = Case(np.eye(4) + 1, np.ones((4, 2)), known, np.array([0, 0, 1, 2]))
    found = case.ridge(strength=1)
    assert not found.coefficients[:, 1].any()
    assert not found.held_out[:, 1].any()
    # three known rows of kernel 1 + 2 on the diagonal, so each coefficient is 1 / 5 (2 + 3 = 5); row 2 gets 3 of them
    assert found.coefficients[:, 0] == pytest.approx([0.2, 0.2, 0, 0.2])
    # row 3 has two others, each 1 / 4; rows 0 and 1 have row 3 alone, 1 / 3; row 2, not known, all three
    assert found.held_out[:, 0] == pytest.approx([1 / 3, 1 / 3, 0.6, 0.5])


def test_arguments_are_left_as_they_were() -> None:
    kernel, target = np.eye(3) + 1, np.ones((3, 1))
    fit_ridge(kernel, target, groups=np.arange(3), known=np.array([[True], [False], [True]]))
    assert np.array_equal(kernel, np.eye(3) + 1)
    assert np.array_equal(target, np.ones((3, 1)))
