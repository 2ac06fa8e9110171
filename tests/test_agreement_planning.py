"""Numbers of units to code twice: published values, simulation, and the design effect of interviews."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.agreement import (
    agreement_correlation,
    build_patterns,
    compute_statistics,
    design_effect,
    expected_lower_limit,
    plan_groups,
    plan_units,
)
from qualcode.agreement.sample_size import count_probabilities


@pytest.mark.parametrize(("coders", "lower"), [(2, 0.589), (3, 0.617), (4, 0.626), (5, 0.630)])
def test_lower_limits_are_those_of_the_r_package(coders: int, lower: float) -> None:
    """kappaSize 1.2, FixedNBinary: kappa .7, 144 subjects, prevalence .5; it searches in steps of .001."""
    assert expected_lower_limit(0.7, 144, 0.5, coders=coders) == pytest.approx(lower, abs=0.001)


@pytest.mark.parametrize("coders", [2, 3, 4, 5, 6])
def test_the_number_of_units_is_the_smallest_that_reaches_the_limit(coders: int) -> None:
    plan = plan_units(0.8, 0.6, 0.3, coders=coders)
    assert expected_lower_limit(0.8, plan.units, 0.3, coders=coders) >= 0.6
    assert expected_lower_limit(0.8, plan.units - 1, 0.3, coders=coders) < 0.6


def test_units_of_two_coders_by_hand() -> None:
    """Donner and Eliasziw (1992): the statistic of three cells with one degree of freedom, 1.645 ** 2 = 2.706.

    Cells at kappa .8 and prevalence .3: both .09 + .8 * .21, one .42 * .2, neither .49 + .8 * .21; at .6: .09 + .126,
    .42 * .4, .49 + .126.
    """
    distance = (0.258 - 0.216) ** 2 / 0.216 + (0.084 - 0.168) ** 2 / 0.168 + (0.658 - 0.616) ** 2 / 0.616
    assert plan_units(0.8, 0.6, 0.3).units == int(np.ceil(2.70554 / distance)) == 52


@pytest.mark.parametrize("coders", range(2, 7))
def test_the_model_has_the_kappa_and_prevalence_that_were_asked_for(coders: int) -> None:
    cells = count_probabilities(0.55, 0.2, coders=coders)
    counts = np.arange(coders + 1)
    units = (counts[:, None] > np.arange(coders)).astype(int)
    patterns = build_patterns(units, lengths=cells)
    assert cells.sum() == pytest.approx(1)
    assert (cells * counts).sum() / coders == pytest.approx(0.2)
    assert compute_statistics(["fleiss_kappa"], patterns)["fleiss_kappa"].value == pytest.approx(0.55)


def test_in_simulated_studies_the_lower_limit_is_near_the_target() -> None:
    """The mean over studies of the limit that each computes from its own kappa and prevalence."""
    plan = plan_units(0.8, 0.6, 0.3, coders=2)
    cells = count_probabilities(0.8, 0.3, coders=2)
    limits = []
    for neither, one, both in np.random.default_rng(1).multinomial(plan.units, cells, size=300):
        units = [[0, 0]] * neither + [[0, 1]] * one + [[1, 1]] * both
        kappa = compute_statistics(["scott_pi"], build_patterns(units, n_values=2))["scott_pi"].value
        if kappa is not None and 0 < kappa < 1:
            limits.append(expected_lower_limit(kappa, plan.units, (one / 2 + both) / plan.units))
    assert np.mean(limits) == pytest.approx(0.6, abs=0.03)


def test_the_interval_covers_the_true_kappa_as_often_as_it_says() -> None:
    cells = count_probabilities(0.7, 0.4, coders=3)
    covered = 0
    for counts in np.random.default_rng(2).multinomial(150, cells, size=300):
        units = [[int(coder < used) for coder in range(3)] for used in range(4) for _ in range(counts[used])]
        kappa = compute_statistics(["fleiss_kappa"], build_patterns(units, n_values=2))["fleiss_kappa"].value
        assert kappa is not None
        prevalence = (counts * np.arange(4)).sum() / 450
        covered += expected_lower_limit(kappa, 150, prevalence, coders=3) <= 0.7
    assert covered / 300 == pytest.approx(0.95, abs=0.03)


def test_more_coders_a_lower_target_and_a_common_code_need_fewer_units() -> None:
    base = plan_units(0.8, 0.6, 0.1).units
    assert plan_units(0.8, 0.6, 0.1, coders=3).units < base
    assert plan_units(0.8, 0.5, 0.1).units < base
    assert plan_units(0.8, 0.6, 0.3).units < base
    assert plan_units(0.8, 0.6, 0.1, level=0.9).units < base


def test_too_few_units_for_any_limit_have_0() -> None:
    assert expected_lower_limit(0.3, 2, 0.5) == 0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((1.0, 0.6, 0.3), {}, "expected is 1.0"),
        ((0.8, 0.0, 0.3), {}, "lower is 0.0"),
        ((0.8, 0.6, 1.2), {}, "prevalence is 1.2"),
        ((0.6, 0.8, 0.3), {}, "the lower limit 0.8 is not below the expected kappa 0.6"),
        ((0.8, 0.6, 0.3), {"coders": 7}, "coders is 7"),
        ((0.8, 0.6, 0.3), {"level": 0.4}, "level is 0.4"),
    ],
)
def test_values_out_of_range_are_refused(arguments: tuple[float, float, float], options: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        plan_units(*arguments, **options)


def test_design_effect_grows_with_alike_units() -> None:
    assert design_effect(50, 0) == 1
    assert design_effect(50, 1) == 50
    assert design_effect(50, -0.1) == 1
    assert plan_groups(52, 52, 0) == 1
    assert plan_groups(52, 52, 0.1) == 7  # 1 + 51 * .1 = 6.1


def test_correlation_of_agreement_by_hand() -> None:
    """Two interviews of four units, with 4 and 2 agreements.

    Mean squares: between, 4 * (.25 ** 2 + .25 ** 2) / 1 = .5; within, (0 + 4 * .5 * .5) / 6 = 1 / 6. (.5 - 1/6) / (.5 +
    3/6) = 1/3.
    """
    units = [[1, 1]] * 4 + [[1, 1]] * 2 + [[0, 1]] * 2
    groups = [0] * 4 + [1] * 4
    assert agreement_correlation(build_patterns(units, groups=groups)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("units", "groups"), [([[1, 1], [0, 1]], [0, 0]), ([[1, 1], [0, 1]], [0, 1]), ([[1, 1]] * 4, [0, 0, 1, 1])]
)
def test_correlation_of_agreement_is_undefined_without_spread(units: list[list[int]], groups: list[int]) -> None:
    assert agreement_correlation(build_patterns(units, groups=groups)) is None
