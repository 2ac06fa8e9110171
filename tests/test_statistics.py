"""Statistics over arrays, against values by hand and an independent implementation."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats
from statsmodels.stats.contingency_tables import Table, Table2x2
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportion_effectsize

from qualcode.errors import UsageError
from qualcode.statistics import (
    MAX_DRAWN_CLUSTERS,
    ProportionPair,
    Resampling,
    adjust_p_values,
    chi_square,
    cohens_h,
    count_labels,
    cramers_v,
    draw_groups,
    draw_ratios,
    fisher_p_values,
    linearised_interval,
    make_resampling,
    newcombe_interval,
    odds_ratio,
    permutation_p_values,
    permute_labels,
    ratio_errors,
    ratio_interval,
    risk_ratio,
    trend_chi_square,
    trend_z,
    wilson_interval,
)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_equal_those_of_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="fdr_bh")[1]
    np.testing.assert_allclose(adjust_p_values(p_values), expected, atol=1e-12)


def test_undefined_tests_are_no_tests() -> None:
    adjusted = adjust_p_values([0.02, float("nan"), 0.5])
    np.testing.assert_allclose(adjusted, [0.04, np.nan, 0.5])


# --- proportions ----------------------------------------------------------------------------------------------

TABLES = [
    (56, 70, 48, 80),
    (9, 10, 3, 10),
    (6, 7, 2, 7),
    (5, 56, 0, 29),
    (0, 10, 0, 20),
    (0, 10, 0, 10),
    (10, 10, 0, 20),
]
"""The tables of Newcombe (1998), table II: with a, size a, with b, size b."""


def pair_of(*tables: tuple[int, int, int, int]) -> ProportionPair:
    """Return tables (with a, size a, with b, size b) as one pair."""
    return ProportionPair(*np.array(tables, dtype=float).T)


def list_tables() -> list[tuple[int, int, int, int]]:
    """Return tables of every kind: zeros in each cell, nothing, everything, large ones."""
    sizes = ((1, 1), (3, 5), (7, 2), (12, 39), (100, 250))
    return [
        (a, size_a, b, size_b)
        for size_a, size_b in sizes
        for a in sorted({0, 1, size_a // 2, size_a})
        for b in sorted({0, 1, size_b // 3, size_b})
    ]


def test_wilson_interval_is_that_of_statsmodels() -> None:
    sizes = np.repeat([1, 5, 39, 1000], 5)
    counts = np.array([0, 1, 1, 1, 1, 0, 1, 2, 4, 5, 0, 1, 22, 38, 39, 0, 1, 300, 999, 1000])
    for level in (0.8, 0.95):
        expected = proportion_confint(counts, sizes, alpha=1 - level, method="wilson")
        np.testing.assert_allclose(wilson_interval(counts, sizes, level=level), expected, atol=1e-12)
    assert np.isnan(wilson_interval([0], [0])).all()


def test_newcombe_interval_reproduces_his_table() -> None:
    low, high = newcombe_interval(pair_of(*TABLES))
    np.testing.assert_allclose(low.round(4), [0.0524, 0.1705, 0.0582, -0.0381, -0.1611, -0.2775, 0.6791])
    np.testing.assert_allclose(high.round(4), [0.3339, 0.8090, 0.8062, 0.1926, 0.2775, 0.2775, 1.0])


def test_risk_and_odds_ratios_are_those_of_statsmodels_with_half_a_case_for_zeros() -> None:
    for a, size_a, b, size_b in list_tables():
        pair = pair_of((a, size_a, b, size_b))
        risk, odds = (np.ravel(found(pair)) for found in (risk_ratio, odds_ratio))
        if a + b in (0, size_a + size_b):
            assert np.isnan([risk, odds]).all()
            continue
        cells = np.array([[a, size_a - a], [b, size_b - b]], dtype=float)
        table = Table2x2(cells + 0.5 * (cells == 0).any(), shift_zeros=False)
        np.testing.assert_allclose(risk, [table.riskratio, *table.riskratio_confint()], rtol=1e-9)
        np.testing.assert_allclose(odds, [table.oddsratio, *table.oddsratio_confint()], rtol=1e-9)


def test_fisher_p_values_are_those_of_scipy() -> None:
    tables = list_tables()
    p_values = fisher_p_values(pair_of(*tables))
    for p_value, (a, size_a, b, size_b) in zip(p_values, tables, strict=True):
        if a + b in (0, size_a + size_b):
            assert np.isnan(p_value)
        else:
            expected = stats.fisher_exact([[a, size_a - a], [b, size_b - b]]).pvalue
            assert abs(p_value - expected) < 1e-9


def test_effect_sizes_are_those_of_statsmodels_and_scipy() -> None:
    pair = pair_of((22, 39, 3, 12))
    np.testing.assert_allclose(cohens_h(pair), proportion_effectsize(22 / 39, 3 / 12))
    counts, sizes = np.array([[3, 4, 9], [0, 0, 0]]), np.array([10, 5, 12])
    table = np.array([counts[0], sizes - counts[0]])
    expected = stats.chi2_contingency(table, correction=False).statistic
    np.testing.assert_allclose(chi_square(counts, sizes), [expected, np.nan])
    np.testing.assert_allclose(cramers_v(counts, sizes), [stats.contingency.association(table), np.nan])
    np.testing.assert_allclose(cramers_v([3, 0, 4], [10, 0, 5]), cramers_v([3, 4], [10, 5]))  # an empty group


# --- ratios over clusters -------------------------------------------------------------------------------------


def test_bootstrap_of_ratios_has_the_distribution_of_all_draws_of_two() -> None:
    numerators, denominators = np.array([[1.0], [0.0]]), np.array([4, 3])
    drawn = draw_ratios(numerators, denominators, Resampling(replicates=4000))
    values, times = np.unique(drawn, return_counts=True)
    np.testing.assert_allclose(values, [0, 1 / 7, 1 / 4])
    np.testing.assert_allclose(times / 4000, [0.25, 0.5, 0.25], atol=0.03)


def test_replicates_equal_a_plain_loop_over_drawn_clusters() -> None:
    generator = np.random.default_rng(3)
    numerators, denominators = generator.integers(0, 4, (9, 3)), generator.integers(0, 30, 9)
    resampling = Resampling(replicates=50, seed=7)
    draws = draw_groups(denominators > 0, resampling)
    expected: list[list[float]] = [
        [sum(w * y for w, y in zip(row, column, strict=True)) / float(row @ denominators) for column in numerators.T]
        for row in draws
    ]
    np.testing.assert_allclose(draw_ratios(numerators, denominators, resampling), expected)
    np.testing.assert_allclose(draw_ratios(sparse.csr_array(numerators), denominators, resampling), expected)


def test_no_interval_of_a_ratio_of_zero_nor_of_one_cluster() -> None:
    numerators = np.array([[1, 0], [2, 0], [0, 0]])
    low, high = ratio_interval(numerators, np.array([10, 20, 5]), Resampling())
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False, True]
    for denominators in ([10, 0, 0], [0, 0, 0]):
        assert np.isnan(ratio_interval(numerators, np.array(denominators), Resampling())).all()


def test_linearised_interval_agrees_with_the_bootstrap_of_many_clusters() -> None:
    generator = np.random.default_rng(1)
    denominators = generator.integers(5, 200, 1500)
    numerators = generator.poisson(
        denominators[:, np.newaxis] * np.array([0.001, 0.01, 0.1]) * generator.gamma(2, 0.5, (1500, 1))
    )
    linearised = linearised_interval(sparse.csr_array(numerators), denominators, level=0.95)
    bootstrap = ratio_interval(numerators, denominators, Resampling())
    width = bootstrap[1] - bootstrap[0]
    assert (np.abs(np.array(linearised) - bootstrap) < 0.1 * width).all()
    assert MAX_DRAWN_CLUSTERS < 2001
    assert (
        np.array(ratio_interval(np.tile(numerators, (2, 1)), np.tile(denominators, 2), Resampling()))
        == np.array(linearised_interval(np.tile(numerators, (2, 1)), np.tile(denominators, 2), level=0.95))
    ).all()


def test_linearised_error_of_a_mean_is_its_standard_error() -> None:
    values = np.array([[3.0], [5.0], [10.0], [2.0]])
    np.testing.assert_allclose(ratio_errors(values, np.ones(4)), stats.sem(values))


# --- permutations ---------------------------------------------------------------------------------------------


def test_permutation_p_value_is_near_the_exact_one() -> None:
    counts = np.array([[9.0], [8], [7], [1], [2], [0], [1]])
    labels = np.array([0, 0, 0, 1, 1, 1, 1])

    def difference(sums: np.ndarray) -> np.ndarray:
        return np.abs(sums[..., 0] / 3 - sums[..., 1] / 4)

    orders = permute_labels(labels, permutations=4000, seed=0)
    assert (np.sort(orders, axis=1) == labels).all()
    observed = difference(count_labels(labels[np.newaxis], counts, groups=2))[0]
    p_value = permutation_p_values(observed, difference(count_labels(orders, counts, groups=2)))
    exact = stats.permutation_test(
        (counts[:3, 0], counts[3:, 0]), lambda a, b: abs(a.mean() - b.mean()), n_resamples=np.inf, alternative="greater"
    ).pvalue
    np.testing.assert_allclose(p_value, exact, atol=0.01)  # one of 35 choices of three


def test_permutation_p_values_are_never_zero_and_missing_without_a_statistic() -> None:
    p_values = permutation_p_values(np.array([5.0, np.nan]), np.zeros((99, 2)))
    np.testing.assert_allclose(p_values, [0.01, np.nan])


def test_draws_of_another_stream_are_independent() -> None:
    filled = np.ones(20, dtype=bool)
    first, second = (draw_groups(filled, Resampling(replicates=500), stream=stream) for stream in (0, 1))
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"replicates": 0}, "replicates: must be at least 1, not 0"),
        ({"confidence": 1.0}, "confidence: must be a number between 0 and 1, not 1.0"),
        ({"seed": -1}, "seed: must be at least 0, not -1"),
    ],
)
def test_wrong_parameters_of_resampling_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        make_resampling(**{"replicates": 100, "confidence": 0.95, "seed": 0, **given})


def test_trend_is_that_of_an_example_of_armitages_test() -> None:
    """Smokers among lung patients in four studies: chi-square 8.2249, as in the example of R's prop.trend.test."""
    counts, sizes = np.array([83, 90, 129, 70]), np.array([86, 93, 136, 82])
    np.testing.assert_allclose(trend_chi_square(counts, sizes), 8.2249, atol=1e-4)
    assert trend_z(counts, sizes) < 0
    table = Table(np.array([counts, sizes - counts]).T)
    linear = table.test_ordinal_association()
    # Its variance has n - 1 cases, Armitage's has n.
    expected = linear.zscore * np.sqrt(sizes.sum() / (sizes.sum() - 1))
    np.testing.assert_allclose(abs(trend_z(counts, sizes)), abs(expected))
    assert np.isnan(trend_z(np.array([[0, 0], [3, 2], [1, 0]]), np.array([[3, 2], [3, 2], [3, 0]]))).all()
    assert np.isnan(chi_square(np.array([[1, 0]]), np.array([[3, 0]]))).all()
