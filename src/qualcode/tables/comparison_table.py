"""Two or more groups of cases compared, code by code: differences, ratios, tests and effect sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence import CODE_SET_LEVELS, CodeSet, Incidence
from qualcode.statistics import (
    ProportionPair,
    Resampling,
    adjust_p_values,
    chi_square,
    cohens_h,
    count_p_values,
    cramers_v,
    divide,
    fisher_p_values,
    newcombe_interval,
    odds_ratio,
    risk_ratio,
)
from qualcode.tables.group_counts import GroupCounts, count_groups
from qualcode.tables.rate_comparison import RateComparison, compare_rates
from qualcode.tables.theme_table import GroupMasks

Floats = NDArray[np.float64]

COMPARISON_COLUMNS = (
    "code name level attribute group_a group_b cases_a cases_b universe_cases_a universe_cases_b share_a share_b "
    "difference difference_low difference_high risk_ratio risk_ratio_low risk_ratio_high odds_ratio odds_ratio_low "
    "odds_ratio_high cohens_h cramers_v p q codings_a codings_b rate_a rate_b rate_ratio rate_ratio_low "
    "rate_ratio_high rate_p rate_q reason unit coder"
).split()
ALL_GROUPS = "(all groups)"
"""In the place of the first group in rows that test all groups together."""
_COUNTS = ("cases_a", "cases_b", "universe_cases_a", "universe_cases_b", "codings_a", "codings_b")


@dataclass(frozen=True, slots=True)
class ComparisonOptions:
    """How groups are compared."""

    resampling: Resampling = field(default_factory=Resampling)
    permutations: int = 1000
    pairs: Sequence[tuple[str, str]] | None = None
    """The pairs of groups; each with each if not given."""


def comparison_rows(
    incidence: Incidence,
    code_sets: Sequence[CodeSet],
    masks: GroupMasks,
    *,
    attribute: str,
    options: ComparisonOptions,
) -> Iterator[dict[str, Any]]:
    """Yield rows with `COMPARISON_COLUMNS`: of all groups, if there are three or more, then of each pair.

    Within a comparison and level the largest effects are first. ``masks`` has one group for each value of the
    attribute.
    """
    names = [value for (value,) in masks]
    counts = count_groups(incidence, code_sets, list(masks.values()))
    labels = {"attribute": attribute, "unit": str(incidence.universe.unit), "coder": incidence.coder}
    pairs = options.pairs if options.pairs is not None else list(combinations(names, 2))
    compared = [_compare_all(counts, options)] if len(names) > 2 else []
    compared += [_compare_pair(counts.take([names.index(name) for name in pair]), pair, options) for pair in pairs]
    for columns in compared:
        yield from _list_rows(code_sets, columns, labels)


def _compare_pair(counts: GroupCounts, names: tuple[str, str], options: ComparisonOptions) -> dict[str, Any]:
    """Return the columns of two groups, each with one entry for each code set."""
    pair = ProportionPair(counts.cases[:, 0], counts.sizes[:, 0], counts.cases[:, 1], counts.sizes[:, 1])
    rates = compare_rates(counts, resampling=options.resampling, permutations=options.permutations)
    is_independent = not counts.shared_cases
    level = options.resampling.level
    columns: dict[str, Any] = {
        "group_a": names[0],
        "group_b": names[1],
        "cases_a": pair.with_a,
        "cases_b": pair.with_b,
        "universe_cases_a": pair.size_a,
        "universe_cases_b": pair.size_b,
        "share_a": divide(pair.with_a, pair.size_a),
        "share_b": divide(pair.with_b, pair.size_b),
        "difference": divide(pair.with_a, pair.size_a) - divide(pair.with_b, pair.size_b),
        **_bounds("difference", newcombe_interval(pair, level=level), keep=is_independent),
        **_bounds("risk_ratio", risk_ratio(pair, level=level), keep=is_independent),
        **_bounds("odds_ratio", odds_ratio(pair, level=level), keep=is_independent),
        "cohens_h": cohens_h(pair),
        "cramers_v": cramers_v(counts.cases, counts.sizes),
        "p": fisher_p_values(pair) if is_independent else np.full(len(pair.with_a), np.nan),
        "codings_a": counts.codings[:, 0],
        "codings_b": counts.codings[:, 1],
        **_rate_columns(counts, rates),
    }
    ratio = columns["rate_ratio"]
    return {
        **columns,
        # Where the shares are alike, those whose rates differ most are first.
        "effects": [np.abs(columns["cohens_h"]), np.abs(np.log(np.where(ratio > 0, ratio, np.nan)))],
        "reason": _list_reasons(counts, rates),
    }


def _bounds(name: str, found: Sequence[Floats], *, keep: bool) -> dict[str, Floats]:
    """Return a value (if there are three) and its bounds as columns; no bounds where cases are in both groups."""
    *value, low, high = found
    limits = {f"{name}_low": low, f"{name}_high": high}
    if not keep:
        limits = {bound: np.full(len(column), np.nan) for bound, column in limits.items()}
    return {**({name: value[0]} if value else {}), **limits}


def _rate_columns(counts: GroupCounts, rates: RateComparison) -> dict[str, Floats]:
    by_group = 1000 * divide(counts.codings, counts.words)
    return {
        "rate_a": by_group[:, 0],
        "rate_b": by_group[:, 1],
        "rate_ratio": divide(by_group[:, 0], by_group[:, 1]),
        "rate_ratio_low": rates.low,
        "rate_ratio_high": rates.high,
        "rate_p": rates.p,
    }


def _compare_all(counts: GroupCounts, options: ComparisonOptions) -> dict[str, Any]:
    """Return the columns of all groups together."""
    seed = options.resampling.seed
    p_values = count_p_values(counts.cases, counts.sizes, chi_square, permutations=options.permutations, seed=seed)
    rates = compare_rates(counts, resampling=options.resampling, permutations=options.permutations)
    v = cramers_v(counts.cases, counts.sizes)
    return {
        "group_a": ALL_GROUPS,
        "group_b": "",
        "cramers_v": v,
        "p": np.full(len(v), np.nan) if counts.shared_cases else p_values,
        "rate_p": rates.p,
        "effects": [v],
        "reason": _list_reasons(counts, rates),
    }


def _list_reasons(counts: GroupCounts, rates: RateComparison) -> list[str]:
    """Return why figures are missing, for each code set."""
    shared = "cases are in several groups: no test or interval of shares" if counts.shared_cases else ""
    total, size = counts.cases.sum(axis=1), counts.sizes.sum(axis=1)
    constant = np.where(total == 0, "in no case", np.where(total == size, "in all cases", ""))
    empty = np.where((counts.sizes == 0).any(axis=1), "a group was not asked", constant).tolist()
    return ["; ".join(filter(None, [own, shared, rate])) for own, rate in zip(empty, rates.reasons, strict=True)]


def _list_rows(
    code_sets: Sequence[CodeSet], columns: Mapping[str, Any], labels: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one comparison, level by level, the largest effects first."""
    for level in CODE_SET_LEVELS:
        positions = [number for number, code_set in enumerate(code_sets) if code_set.level == level]
        adjusted = {q: _adjust(columns[p], positions) for q, p in (("q", "p"), ("rate_q", "rate_p"))}
        effects = np.nan_to_num(np.array(columns["effects"], np.float64), nan=-1.0)
        for number in sorted(positions, key=lambda number: tuple(-effects[:, number])):
            code_set = code_sets[number]
            row = {"code": code_set.id, "name": code_set.name, "level": level, **labels}
            row |= {name: _pick(name, columns.get(name), number) for name in COMPARISON_COLUMNS if name not in row}
            yield row | {name: round(values[number], 6) for name, values in adjusted.items()}


def _adjust(p_values: Floats, positions: Sequence[int]) -> dict[int, float]:
    return dict(zip(positions, adjust_p_values(p_values[positions]).tolist(), strict=True))


def _pick(name: str, column: Any, number: int) -> Any:
    """Return a cell of a column; a text is that of all rows."""
    if column is None:
        return None if name in _COUNTS else float("nan")
    if isinstance(column, str):
        return column
    cell = column[number]
    if isinstance(cell, str):
        return cell
    return int(cell) if name in _COUNTS else round(float(cell), 6)
