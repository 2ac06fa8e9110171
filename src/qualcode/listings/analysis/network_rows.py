"""Rows on codes in networks: centralities and communities, with their uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.graphs import EdgeRules, modularity, partition
from qualcode.incidence import ClusterPairs, CodeSet, count_cooccurrence, count_pairs_by_transcript
from qualcode.listings.analysis.network_incidences import label_networks
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.statistics import (
    CENTRALITIES,
    MOST_NODES,
    PAIR_MEASURES,
    PairCounts,
    Resampling,
    adjusted_rand_index,
    draw_groups,
    measure_centrality,
)

Floats = NDArray[np.float64]
CENTRALITY_COLUMNS = (
    "code name units degree degree_low degree_high strength strength_low strength_high betweenness betweenness_low "
    "betweenness_high closeness closeness_low closeness_high unit coder"
).split()
COMMUNITY_COLUMNS = "code name units community size stability unit coder".split()
_SAMPLES_AT_ONCE = 200


def centrality_rows(counted: IncidenceSet, rules: EdgeRules, resampling: Resampling) -> Iterator[dict[str, Any]]:
    """Yield the centralities of each code in the network of each group and coder, the strongest first."""
    for labels, network in _list_networks(counted, rules):
        values = {name: column[0] for name, column in measure_centrality(network.matrices(network.observed)).items()}
        limits = _find_limits(network, resampling)
        rows = []
        for at, code_set in enumerate(counted.code_sets):
            row = labels | {"code": code_set.id, "name": code_set.name, "units": network.units[at]}
            for name in CENTRALITIES:
                value = float(values[name][at])
                low, high = (float(limit[at]) for limit in limits[name])
                row |= {name: int(value) if name == "degree" else round(value, 6)}
                row |= {f"{name}_low": round(low, 6), f"{name}_high": round(high, 6)}
            rows.append(row)
        yield from sorted(rows, key=lambda row: -row["strength"])


def _find_limits(network: _Network, resampling: Resampling) -> dict[str, tuple[Floats, Floats]]:
    """Return the limits of the interval of each centrality, shape (codes,); NaN where there is none."""
    missing = np.full(network.size, np.nan)
    limits = dict.fromkeys(CENTRALITIES, (missing, missing))
    filled = network.pairs.is_filled
    if filled.sum() < 2:
        return limits
    draws = draw_groups(filled, resampling)
    # Only codes with an edge can have one in a resample.
    linked = np.unique([network.pairs.first, network.pairs.second]).astype(np.int64)
    names = CENTRALITIES if len(linked) <= MOST_NODES else CENTRALITIES[:2]
    replicates: dict[str, list[Floats]] = {name: [] for name in names}
    for start in range(0, len(draws), _SAMPLES_AT_ONCE):
        weights = network.matrices(network.weigh(draws[start : start + _SAMPLES_AT_ONCE]))
        found = measure_centrality(weights[:, linked[:, None], linked], paths=len(names) > 2)
        for name in names:
            replicates[name].append(found[name])
    tail = (1 - resampling.level) / 2
    # Closeness and betweenness are shares of all other codes, also of those without an edge.
    scale = _scale_paths(len(linked), network.size)
    for name, parts in replicates.items():
        low, high = np.zeros(network.size), np.zeros(network.size)
        low[linked], high[linked] = np.quantile(np.concatenate(parts), [tail, 1 - tail], axis=0) * scale.get(name, 1.0)
        limits[name] = (low, high)
    return limits


def _scale_paths(linked: int, size: int) -> dict[str, float]:
    return {
        "closeness": max(linked - 1, 1) / max(size - 1, 1),
        "betweenness": max((linked - 1) * (linked - 2), 1) / max((size - 1) * (size - 2), 1),
    }


def community_rows(
    counted: IncidenceSet, rules: EdgeRules, resampling: Resampling
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the community of each code, its stability, and a note on each network."""
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for labels, network in _list_networks(counted, rules):
        weights = network.matrices(network.observed)[0]
        found = partition(weights, seed=resampling.seed)
        together, likeness = _compare_resamples(network, found, resampling)
        of_network = []
        for at, code_set in enumerate(counted.code_sets):
            members = np.flatnonzero((found == found[at]) & (found > 0))
            others = members[members != at]
            of_network.append(
                labels
                | {"code": code_set.id, "name": code_set.name, "units": network.units[at]}
                | {"community": int(found[at]), "size": len(members)}
                | {"stability": round(float(together[at, others].mean()), 6) if len(others) else float("nan")}
            )
        rows += sorted(of_network, key=lambda row: row["community"] or len(of_network) + 1)
        notes.append(_describe_communities(labels, weights, found, together, likeness))
    return rows, notes


def _compare_resamples(
    network: _Network, found: NDArray[np.int64], resampling: Resampling
) -> tuple[Floats, list[float]]:
    """Return the share of resamples in which two codes are in one community, and the likeness of each partition."""
    together = np.zeros((network.size, network.size))
    likeness: list[float] = []
    if network.pairs.is_filled.sum() < 2:
        return np.full_like(together, np.nan), likeness
    draws = draw_groups(network.pairs.is_filled, resampling)
    for weights in network.matrices(network.weigh(draws)):
        drawn = partition(weights, seed=resampling.seed)
        together += (drawn[:, None] == drawn) & (drawn > 0)
        likeness.append(adjusted_rand_index(_number_alone(found), _number_alone(drawn)))
    return together / len(draws), likeness


def _number_alone(communities: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return communities in which each code without an edge is one of its own."""
    return np.where(communities > 0, communities, -np.arange(len(communities)))


def _describe_communities(
    labels: dict[str, Any], weights: Floats, found: NDArray[np.int64], together: Floats, likeness: Sequence[float]
) -> str:
    of_group = ": ".join(str(value) for name, value in labels.items() if name not in {"unit"})
    number = int(found.max(initial=0))
    if not number:
        return f"{of_group}: no communities, since no two codes are linked"
    text = f"{of_group}: {number} communities (Louvain), modularity {modularity(weights, found):.2f}"
    if not likeness:
        return f"{text}; no stability: fewer than two transcripts to resample"
    same = (found[:, None] == found) & (found > 0) & ~np.eye(len(found), dtype=bool)
    inside = f"{100 * together[same].mean():.0f} %" if same.any() else "none"
    return (
        f"{text}; over {len(likeness):,} resamples of transcripts two codes of one community are together in {inside}, "
        f"and the adjusted Rand index with these communities is {np.mean(likeness):.2f}"
    )


class _Network:
    """One network and the counts of its pairs by transcript."""

    def __init__(self, pairs: ClusterPairs, units: Sequence[int], rules: EdgeRules) -> None:
        self.pairs, self.units, self.rules = pairs, units, rules
        self.size = len(units)

    @property
    def observed(self) -> Floats:
        """Weights of the pairs over all transcripts, shape (1, pairs)."""
        return self.weigh(np.ones((1, len(self.pairs.counts.joint))))

    def weigh(self, draws: Floats) -> Floats:
        """Return the weights of pairs in samples of transcripts, shape (samples, pairs); 0 where there is no edge."""
        measure = self.rules.measure
        counts: PairCounts = self.pairs.combine(draws)
        weights = counts.joint if measure == "count" else np.nan_to_num(PAIR_MEASURES[measure](counts).round(6))
        return np.where((counts.joint >= self.rules.min_count) & (weights > 0), weights, 0.0)

    def matrices(self, weights: Floats) -> Floats:
        """Return weights of pairs as symmetric matrices, shape (samples, codes, codes)."""
        matrices = np.zeros((len(weights), self.size, self.size))
        matrices[:, self.pairs.first, self.pairs.second] = weights
        matrices[:, self.pairs.second, self.pairs.first] = weights
        return matrices


def _list_networks(counted: IncidenceSet, rules: EdgeRules) -> Iterator[tuple[dict[str, Any], _Network]]:
    """Yield the labels of each network by column, and the network."""
    code_sets: Sequence[CodeSet] = counted.code_sets
    columns = {*CENTRALITY_COLUMNS, *COMMUNITY_COLUMNS}
    names = [*(f"case_{name}" if name in columns else name for name in counted.group_attributes), "coder"]
    for labels, incidence, mask in label_networks(counted):
        counts = count_cooccurrence(incidence, code_sets, mask)
        pairs = count_pairs_by_transcript(incidence, code_sets, mask, counts=counts)
        network = _Network(pairs, np.diag(counts.code_units).tolist(), rules)
        values = dict(zip(names, (*labels, incidence.coder), strict=False))
        yield {**values, "unit": incidence.pair_unit, "coder": incidence.coder}, network
