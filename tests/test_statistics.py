"""Statistics over arrays, against values by hand and an independent implementation."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from qualcode.statistics import adjust_p_values


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_equal_those_of_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="fdr_bh")[1]
    np.testing.assert_allclose(adjust_p_values(p_values), expected, atol=1e-12)


def test_undefined_tests_are_no_tests() -> None:
    adjusted = adjust_p_values([0.02, float("nan"), 0.5])
    np.testing.assert_allclose(adjusted, [0.04, np.nan, 0.5])
