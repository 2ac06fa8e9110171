"""Measures and tests of pairs, against scikit-learn, scipy, counts by hand and simulation."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import fisher_exact
from sklearn.metrics import jaccard_score, matthews_corrcoef, mutual_info_score
from sklearn.metrics.pairwise import cosine_similarity

from qualcode.statistics import PAIR_MEASURES, PairCounts, hypergeometric_test, within_group_test
from qualcode.statistics.networks import pair_tests
from qualcode.statistics.networks.pair_measures import Floats, Ints


def pair_of(joint: int, first: int, second: int, units: int) -> PairCounts:
    return PairCounts.of_units(*(np.array([count]) for count in (joint, first, second, units)))


def measure(name: str, *counts: int) -> float:
    (value,) = PAIR_MEASURES[name](pair_of(*counts))
    return float(value)


def random_columns(*, seed: int, units: int = 200) -> tuple[Ints, Ints]:
    generator = np.random.default_rng(seed)
    first = generator.random(units) < 0.3
    return first.astype(np.int64), (np.where(first, 0.6, 0.2) > generator.random(units)).astype(np.int64)


def counts_of(first: Ints, second: Ints) -> tuple[int, int, int, int]:
    return int(first @ second), int(first.sum()), int(second.sum()), len(first)


# --- measures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_measures_agree_with_scikit_learn(seed: int) -> None:
    first, second = random_columns(seed=seed)
    counts = counts_of(first, second)
    assert measure("jaccard", *counts) == pytest.approx(jaccard_score(first, second))
    assert measure("c_coefficient", *counts) == pytest.approx(jaccard_score(first, second))
    assert measure("phi", *counts) == pytest.approx(matthews_corrcoef(first, second))
    assert measure("cosine", *counts) == pytest.approx(cosine_similarity([first], [second])[0, 0])
    assert measure("b_given_a", *counts) == pytest.approx(second[first == 1].mean())
    assert measure("a_given_b", *counts) == pytest.approx(first[second == 1].mean())


def test_expected_count_is_that_of_the_chi_squared_test_and_lift_its_ratio() -> None:
    from scipy.stats.contingency import expected_freq

    first, second = random_columns(seed=7)
    joint, in_first, in_second, units = counts_of(first, second)
    table = [[joint, in_first - joint], [in_second - joint, units - in_first - in_second + joint]]
    assert measure("expected", joint, in_first, in_second, units) == pytest.approx(expected_freq(table)[0, 0])
    assert measure("lift", joint, in_first, in_second, units) == pytest.approx(joint / expected_freq(table)[0, 0])


def test_npmi_is_mutual_information_where_the_two_are_the_same() -> None:
    """Of two equal columns, of which half is 1, each cell with units has the information log 2."""
    column = np.array([0, 1] * 20)
    assert mutual_info_score(column, column) == pytest.approx(np.log(2))
    assert measure("npmi", 20, 20, 20, 40) == pytest.approx(1.0)
    # log(0.1 / (0.2 * 0.25)) / -log(0.1)
    assert measure("npmi", 4, 8, 10, 40) == pytest.approx(np.log(2) / np.log(10))
    assert measure("npmi", 2, 8, 10, 40) == pytest.approx(0.0)
    assert measure("npmi", 0, 8, 10, 40) == -1.0


DEGENERATE = {
    "first nowhere": ((0, 0, 3, 8), "jaccard 0 a_given_b 0 expected 0 c_coefficient 0"),
    "neither anywhere": ((0, 0, 0, 8), "expected 0"),
    "first everywhere": (
        (3, 8, 3, 8),
        "jaccard .375 cosine .612372 b_given_a .375 a_given_b 1 expected 3 lift 1 npmi 0 c_coefficient .375",
    ),
    "both everywhere": ((8, 8, 8, 8), "jaccard 1 cosine 1 b_given_a 1 a_given_b 1 expected 8 lift 1 c_coefficient 1"),
    "no units": ((0, 0, 0, 0), ""),
}


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.filterwarnings("error")
def test_measures_that_are_undefined_are_missing(case: str) -> None:
    counts, text = DEGENERATE[case]
    words = text.split()
    defined = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    found = {name: measure(name, *counts) for name in PAIR_MEASURES}
    assert {name: round(value, 6) for name, value in found.items() if not np.isnan(value)} == defined


# --- tests ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("joint", range(6))
def test_hypergeometric_p_is_twice_the_smaller_tail_of_fishers_test(joint: int) -> None:
    table = [[joint, 5 - joint], [7 - joint, 8 + joint]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    (p_value,) = hypergeometric_test(pair_of(joint, 5, 7, 20))
    assert p_value == pytest.approx(min(1, 2 * min(tails)))


@pytest.mark.parametrize("counts", [(0, 0, 4, 9), (4, 9, 4, 9), (0, 0, 0, 0)])
def test_a_code_in_no_unit_or_in_all_is_not_tested(counts: tuple[int, int, int, int]) -> None:
    joint, first, second, units = (np.array([count]) for count in counts)
    assert np.isnan(hypergeometric_test(pair_of(*counts))).all()
    assert np.isnan(within_group_test(joint, first[None], second[None], units).p_values).all()


def within(groups: list[tuple[list[int], list[int]]]) -> tuple[float, float]:
    """Return p-value and expected units with both, from the two columns of each transcript."""
    first, second = (np.array([[sum(pair[side])] for pair in groups]) for side in (0, 1))
    joint = np.array([sum(a * b for pair in groups for a, b in zip(*pair, strict=True))])
    test = within_group_test(joint, first, second, np.array([len(pair[0]) for pair in groups]))
    return float(test.p_values[0]), float(test.expected[0])


def test_with_one_transcript_the_permutation_is_the_hypergeometric_test() -> None:
    first, second = random_columns(seed=3, units=60)
    p_value, expected = within([(first.tolist(), second.tolist())])
    assert p_value == pytest.approx(hypergeometric_test(pair_of(*counts_of(first, second)))[0])
    assert expected == pytest.approx(measure("expected", *counts_of(first, second)))


def test_permutation_within_transcripts_is_that_of_all_orders() -> None:
    groups = [([1, 1, 0, 0], [1, 1, 0, 0]), ([1, 0, 0], [1, 0, 0]), ([1, 1], [0, 1]), ([0, 0], [1, 0])]
    sums = [0]
    for first, second in groups:
        step = [sum(a * b for a, b in zip(first, order, strict=True)) for order in permutations(second)]
        sums = [total + more for total in sums for more in step]
    assert sum(a * b for pair in groups for a, b in zip(*pair, strict=True)) == 4
    upper = np.mean([total >= 4 for total in sums])
    p_value, expected = within(groups)
    assert p_value == pytest.approx(2 * upper)
    assert expected == pytest.approx(np.mean(sums))


def test_codes_that_go_together_only_because_of_their_transcripts_are_not_significant() -> None:
    """Both codes are frequent in the first transcript and absent from the second."""
    groups = [([1, 0] * 20, [1, 1, 0, 0] * 10), ([0] * 40, [0] * 40)]
    assert within(groups)[0] == 1.0
    assert hypergeometric_test(pair_of(10, 20, 20, 80))[0] < 0.01


def many_transcripts() -> tuple[Ints, Ints, Ints, Ints]:
    """Return units with both, with each by transcript, and units, of three codes in 30 transcripts."""
    generator = np.random.default_rng(5)
    units = generator.integers(10, 40, 30)
    columns = [(generator.random((size, 3)) < [0.2, 0.3, 0.1]).astype(np.int64) for size in units]
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    counts = np.array([column.sum(axis=0) for column in columns])
    joint = sum((column[:, a] * column[:, b]).sum(axis=0) for column in columns)
    return np.asarray(joint), counts[:, a], counts[:, b], units


def simulate(first: Ints, second: Ints, units: Ints, *, replicates: int = 20_000) -> Floats:
    """Return units with both in many shuffles within transcripts, shape (replicates, pairs)."""
    draw = np.random.default_rng(1).hypergeometric
    size = (replicates, first.shape[1])
    joint: Floats = np.sum([draw(a, n - a, b, size) for a, b, n in zip(first, second, units, strict=True)], axis=0)
    return joint


def test_exact_permutation_agrees_with_simulation() -> None:
    joint, first, second, units = many_transcripts()
    drawn = simulate(first, second, units)
    simulated = np.minimum(1, 2 * np.minimum((drawn <= joint).mean(axis=0), (drawn >= joint).mean(axis=0)))
    test = within_group_test(joint, first, second, units)
    assert test.p_values == pytest.approx(simulated, abs=0.02)
    assert test.expected == pytest.approx(drawn.mean(axis=0), abs=0.1)


def test_normal_approximation_is_close_to_the_exact_test(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = within_group_test(*many_transcripts())
    monkeypatch.setattr(pair_tests, "EXACT_LIMIT", 0)
    approximate = within_group_test(*many_transcripts())
    assert approximate.p_values == pytest.approx(exact.p_values, abs=0.02)
    assert (approximate.p_values != exact.p_values).any()
    assert approximate.expected == pytest.approx(exact.expected)


def test_small_p_values_are_exact() -> None:
    """All of 40 units with one code have the other: one order of 137 billion."""
    from math import comb

    assert within([([1] * 20 + [0] * 20, [1] * 20 + [0] * 20)])[0] == pytest.approx(2 / comb(40, 20), rel=1e-9)
