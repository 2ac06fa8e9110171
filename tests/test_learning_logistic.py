"""Logistic regression by Newton's method, compared with scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from qualcode.suggest.learning.logistic import fit_logistic


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(2, 60), st.integers(1, 5))
def test_weights_equal_those_of_scikit_learn(seed: int, cells: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    values, truth = rng.normal(size=(cells, columns)), rng.random(cells) < 0.4
    truth[:2] = [True, False]
    weights, intercept = fit_logistic(values, truth)
    theirs = LogisticRegression(tol=1e-10, max_iter=10_000).fit(values, truth)
    assert weights == pytest.approx(theirs.coef_[0], abs=1e-4)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_separating_and_constant_columns_have_finite_weights() -> None:
    truth = np.array([True, True, False, False])
    weights, _ = fit_logistic(np.array([[50.0, 0], [60, 0], [-50, 0], [-60, 0]]), truth)
    assert weights[0] > 0
    assert weights[1] == 0
