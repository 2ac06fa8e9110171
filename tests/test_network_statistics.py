"""Centrality, backbone, partitions and differences of shares, against networkx, scikit-learn and plain loops."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from qualcode.graphs import modularity, partition
from qualcode.statistics import (
    Resampling,
    adjusted_rand_index,
    compare_shares,
    disparity_p_values,
    measure_centrality,
)
from qualcode.statistics.networks.pair_measures import Floats

SOME = Resampling(replicates=500)


def random_weights(*, seed: int, nodes: int, density: float) -> Floats:
    generator = np.random.default_rng(seed)
    weights = np.triu(generator.integers(1, 5, (nodes, nodes)) * (generator.random((nodes, nodes)) < density), 1)
    return (weights + weights.T).astype(np.float64)


@pytest.mark.parametrize(("seed", "nodes", "density"), [(0, 12, 0.3), (1, 8, 0.2), (2, 20, 0.5), (3, 6, 1.0)])
@pytest.mark.filterwarnings("error")
def test_centralities_are_those_of_networkx(seed: int, nodes: int, density: float) -> None:
    weights = random_weights(seed=seed, nodes=nodes, density=density)
    graph = nx.from_numpy_array(weights)
    for _, _, edge in graph.edges(data=True):
        edge["length"] = 12 // int(edge["weight"])  # whole numbers, so that equal lengths are equal
    found = {name: values[0] for name, values in measure_centrality(weights[None]).items()}
    assert found["degree"].tolist() == [degree for _, degree in graph.degree()]
    assert found["strength"].tolist() == [degree for _, degree in graph.degree(weight="weight")]
    assert found["betweenness"] == pytest.approx(list(nx.betweenness_centrality(graph, weight="length").values()))
    harmonic = np.array(list(nx.harmonic_centrality(graph, distance="length").values()))
    assert found["closeness"] == pytest.approx(12 * harmonic / (nodes - 1))


def test_many_graphs_at_once_have_the_centralities_of_each() -> None:
    each = [random_weights(seed=seed, nodes=7, density=0.4) for seed in range(5)]
    together = measure_centrality(np.array(each))
    for at, weights in enumerate(each):
        for name, values in measure_centrality(weights[None]).items():
            assert together[name][at] == pytest.approx(values[0])


@pytest.mark.parametrize("nodes", [0, 1, 2, 3])
@pytest.mark.filterwarnings("error")
def test_graphs_without_edges_have_no_central_node(nodes: int) -> None:
    for values in measure_centrality(np.zeros((1, nodes, nodes))).values():
        assert values.tolist() == [[0.0] * nodes]


def test_negative_weights_are_no_edges() -> None:
    found = measure_centrality(np.array([[[0.0, -1, 2], [-1, 0, 0], [2, 0, 0]]]))
    assert (found["degree"].tolist(), found["strength"].tolist()) == ([[1, 0, 1]], [[2, 0, 2]])


def test_backbone_is_the_integral_of_serrano_and_others() -> None:
    from scipy.integrate import quad

    weights = random_weights(seed=4, nodes=8, density=0.6)
    first, second = np.nonzero(np.triu(weights))
    expected = []
    for a, b in zip(first, second, strict=True):
        p_values = []
        for end in (a, b):
            degree, share = int((weights[end] > 0).sum()), weights[a, b] / weights[end].sum()
            integral = quad(lambda x, k=degree: (1 - x) ** (k - 2), 0, share)[0] if degree > 1 else 0.0
            p_values.append(1 - (degree - 1) * integral)
        expected.append(min(p_values))
    assert disparity_p_values(weights[first, second], first, second) == pytest.approx(expected)
    assert disparity_p_values(np.zeros(0), np.zeros(0, int), np.zeros(0, int)).tolist() == []
    assert disparity_p_values(np.array([3.0]), np.array([0]), np.array([1])).tolist() == [1.0]


# --- communities ----------------------------------------------------------------------------------------------


def two_triangles() -> Floats:
    """Return two triangles joined by a weak edge, a pair, and a node without an edge."""
    weights = np.zeros((9, 9))
    for a, b, weight in [(3, 4, 5), (4, 5, 5), (3, 5, 5), (0, 1, 5), (1, 2, 5), (0, 2, 5), (2, 3, 1), (6, 8, 2)]:
        weights[a, b] = weights[b, a] = weight
    return weights


def test_communities_are_numbered_by_size_and_order() -> None:
    assert partition(two_triangles()).tolist() == [1, 1, 1, 2, 2, 2, 3, 0, 3]
    assert partition(np.zeros((2, 2))).tolist() == [0, 0]
    assert partition(np.zeros((0, 0))).tolist() == []


def test_modularity_is_that_of_networkx() -> None:
    weights = random_weights(seed=9, nodes=10, density=0.5)
    found = partition(weights)
    communities = [set(np.flatnonzero(found == number).tolist()) for number in np.unique(found)]
    assert modularity(weights, found) == pytest.approx(
        nx.community.modularity(nx.from_numpy_array(weights), communities)
    )
    assert np.isnan(modularity(np.zeros((3, 3)), np.zeros(3, int)))


@pytest.mark.parametrize("seed", range(6))
def test_adjusted_rand_index_is_that_of_scikit_learn(seed: int) -> None:
    first, second = np.random.default_rng(seed).integers(0, seed + 1, (2, 12))
    assert adjusted_rand_index(first, second) == pytest.approx(adjusted_rand_score(first, second))


def test_adjusted_rand_index_of_one_node_is_undefined() -> None:
    assert np.isnan(adjusted_rand_index(np.array([1]), np.array([1])))


# --- differences ----------------------------------------------------------------------------------------------

COUNTS = np.array([[3.0], [4.0], [5.0], [0.0], [1.0], [0.0]])
BASES = np.array([[10.0], [12.0], [9.0], [11.0], [10.0], [8.0]])
FIRST = np.array([True, True, True, False, False, False])


def test_difference_of_shares_and_its_p_value_are_those_of_all_divisions() -> None:
    result = compare_shares(COUNTS, BASES, FIRST, resampling=SOME, permutations=4000)
    observed = 12 / 31 - 1 / 29
    assert result.difference[0] == pytest.approx(observed)
    differences = []
    for chosen in combinations(range(6), 3):
        inside = np.isin(np.arange(6), chosen)
        differences.append(COUNTS[inside].sum() / BASES[inside].sum() - COUNTS[~inside].sum() / BASES[~inside].sum())
    exact = np.mean(np.abs(differences) >= observed - 1e-9)
    assert exact == 0.1
    assert result.p_values[0] == pytest.approx(exact, abs=0.02)
    assert result.low[0] < observed < result.high[0]


def test_interval_is_that_of_resampled_cases() -> None:
    result = compare_shares(COUNTS, BASES, FIRST, resampling=Resampling(replicates=4000, level=0.9), permutations=1)
    generator = np.random.default_rng(11)
    drawn = []
    for _ in range(4000):
        a, b = generator.integers(0, 3, 3), generator.integers(3, 6, 3)
        drawn.append(COUNTS[a].sum() / BASES[a].sum() - COUNTS[b].sum() / BASES[b].sum())
    assert [result.low[0], result.high[0]] == pytest.approx(np.quantile(drawn, [0.05, 0.95]), abs=0.02)


@pytest.mark.filterwarnings("error")
def test_differences_that_are_undefined_are_missing() -> None:
    alone = compare_shares(COUNTS, BASES, np.arange(6) == 0, resampling=SOME, permutations=10)
    assert alone.difference[0] == pytest.approx(3 / 10 - 10 / 50)
    assert np.isnan([alone.low[0], alone.high[0], alone.p_values[0]]).all()
    no_base = np.where(FIRST[:, None], BASES, 0)
    empty = compare_shares(COUNTS * FIRST[:, None], no_base, FIRST, resampling=SOME, permutations=10)
    assert np.isnan([empty.difference[0], empty.low[0], empty.p_values[0]]).all()
    equal = compare_shares(np.ones((4, 1)), np.ones((4, 1)), FIRST[1:5], resampling=SOME, permutations=10)
    assert (equal.difference[0], equal.p_values[0]) == (0.0, 1.0)


def test_divisions_without_a_base_do_not_make_a_p_value_smaller() -> None:
    # Only two of six cases were asked, one in each group: their shares can be compared in 3 of 5 divisions.
    counts, bases = np.zeros((6, 1)), np.zeros((6, 1))
    counts[0], bases[0], bases[3] = 4, 5, 5
    result = compare_shares(counts, bases, FIRST, resampling=SOME, permutations=500)
    assert result.difference[0] == 0.8
    assert result.p_values[0] == 1.0
