"""Co-occurrence of codes, families and themes as DataFrames: pairs, and a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from qualcode.incidence import (
    SIGNIFICANCE_COLUMNS,
    CodeSet,
    Cooccurrence,
    Incidence,
    assess_pairs,
    count_cooccurrence,
)
from qualcode.incidence.universe import Ints
from qualcode.statistics import PAIR_MEASURES
from qualcode.tables.frames import add_notes, make_categories, make_frame_of_columns
from qualcode.tables.theme_table import GroupMasks, group_columns

PAIR_COLUMNS = (
    "code_a code_b count jaccard count_a count_b units unit coder cosine b_given_a a_given_b expected lift npmi phi "
    "c_coefficient"
).split()


@dataclass(frozen=True)
class _PairCount:
    """What one coder's codings give in one group, for one unit."""

    group: tuple[str, ...]
    coder: str
    unit: str
    counts: Cooccurrence


def cooccurrence_table(
    counted: Sequence[Incidence],
    rows: Sequence[CodeSet],
    groups: Sequence[GroupMasks],
    *,
    by: Sequence[str],
    zeros: bool,
    significance: bool = False,
) -> pd.DataFrame:
    """Return co-occurrence counts, one row for each pair, coder, group and unit.

    The most frequent pairs of a group are first; if there are several incidences of a coder, by different units, the
    rows of a pair follow each other, in the order of the incidences, and the first decides. Two code sets of which one
    contains the other are no pair. Pairs that occur together in none of the units are included only with ``zeros``.
    Parameters are those of `theme_table`; columns are ``by``, then `PAIR_COLUMNS`, then with ``significance``
    `SIGNIFICANCE_COLUMNS`.
    """
    by = group_columns(by, [*PAIR_COLUMNS, *SIGNIFICANCE_COLUMNS])
    # Over all coders, since one coder may have groups that another has not.
    order = {values: i for i, values in enumerate(dict.fromkeys(values for masks in groups for values in masks))}
    counts = [
        _PairCount(values, incidence.coder, incidence.pair_unit, count_cooccurrence(incidence, rows, mask))
        for incidence, masks in zip(counted, groups, strict=True)
        for values, mask in masks.items()
    ]
    counts.sort(key=lambda one: (order[one.group], one.coder))
    blocks = [
        _make_block(list(block), by=by, zeros=zeros, significance=significance)
        for _, block in groupby(counts, key=lambda one: (one.group, one.coder))
    ]
    names = [*by, *PAIR_COLUMNS, *(SIGNIFICANCE_COLUMNS if significance else ())]
    # Column by column, so that no more than one is held twice.
    joined = {name: _join_column(name, blocks) for name in names}
    pairs = {name: joined[name].astype(np.int32) for name in ("code_a", "code_b")}
    return make_frame_of_columns(joined | make_categories(pairs, [code_set.id for code_set in rows]))


Columns = dict[str, Any]


def _make_block(counts: Sequence[_PairCount], *, by: Sequence[str], zeros: bool, significance: bool) -> Columns:
    """Return the columns of one coder's pairs in a group: for each pair one row for each unit."""
    first, second = _rank_pairs(counts[0].counts, *_select_pairs(counts, zeros=zeros))
    of_units = [_unit_columns(one, first, second, significance=significance) for one in counts]
    columns = {name: _interleave([one.pop(name) for one in of_units]) for name in list(of_units[0])}
    labels = zip((*by, "coder"), (*counts[0].group, counts[0].coder), strict=True)
    return columns | {name: np.full(len(columns["count"]), value, dtype=object) for name, value in labels}


def _select_pairs(counts: Sequence[_PairCount], *, zeros: bool) -> tuple[Ints, Ints]:
    first, second = counts[0].counts.select_pairs()
    if zeros:
        return first, second
    occurs = np.any([one.counts.joint_units[first, second] > 0 for one in counts], axis=0)
    return first[occurs], second[occurs]


def _rank_pairs(counts: Cooccurrence, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Return pairs in their order: by count, Jaccard coefficient (those without one last), then by id."""
    ids = np.argsort(np.argsort([code_set.id for code_set in counts.code_sets], kind="stable"), kind="stable")
    pairs = counts.pair_counts(first, second)
    jaccard = PAIR_MEASURES["jaccard"](pairs).round(6)
    keys = (ids[second], ids[first], -np.nan_to_num(jaccard), np.isnan(jaccard), -pairs.joint) if len(ids) else ()
    order = np.lexsort(keys) if keys else np.zeros(0, dtype=np.int64)
    return first[order], second[order]


def _unit_columns(count: _PairCount, first: Ints, second: Ints, *, significance: bool) -> Columns:
    pairs = count.counts.pair_counts(first, second)
    columns: Columns = {
        "code_a": first.astype(np.int32),
        "code_b": second.astype(np.int32),
        "count": pairs.joint,
        "count_a": pairs.first,
        "count_b": pairs.second,
        "units": pairs.units,
        "unit": np.full(len(first), count.unit, dtype=object),
    }
    columns |= {name: measure(pairs).round(6) for name, measure in PAIR_MEASURES.items()}
    return columns | (_significance_columns(count.counts, first, second) if significance else {})


def _significance_columns(counts: Cooccurrence, first: Ints, second: Ints) -> Columns:
    """Return the tests of some pairs, adjusted for all pairs, since those that never occur together are tests too."""
    all_first, all_second = counts.select_pairs()
    tests = assess_pairs(counts, all_first, all_second)
    size = len(counts.code_sets)
    # The pairs are in ascending order of this key.
    return dict(tests.select(np.searchsorted(all_first * size + all_second, first * size + second)))


def _interleave(parts: Sequence[Any]) -> Any:
    """Return arrays of equal length as one: the first value of each, then the second of each ..."""
    return parts[0] if len(parts) == 1 else np.stack(parts, axis=1).reshape(-1)


def _join_column(name: str, blocks: Sequence[Columns]) -> Any:
    """Return a column of all blocks, which lose it; units and coders as categories."""
    parts = [block.pop(name) for block in blocks]
    values = parts[0] if len(parts) == 1 else np.concatenate(parts or [np.zeros(0)])
    return pd.Categorical(values, categories=list(dict.fromkeys(values))) if name in {"unit", "coder"} else values


def cooccurrence_matrix(counts: Cooccurrence) -> pd.DataFrame:
    """Return the counts of units as a matrix, code sets x code sets, with each set's own units on the diagonal."""
    ids = [code_set.id for code_set in counts.code_sets]
    return pd.DataFrame(counts.joint_units, index=ids, columns=ids)


def spread_units(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a table of pairs by several units as one row a pair, with columns such as ``count_sentence``."""
    units = list(table["unit"].cat.categories)
    each = max(1, len(units))
    labels = [name for name in table if name == "coder" or name not in {*PAIR_COLUMNS[2:], *SIGNIFICANCE_COLUMNS}]
    rows = table.iloc[::each][labels].reset_index(drop=True)
    for name in names:
        for at, unit in enumerate(units):
            rows[f"{name}_{unit}"] = table[name].iloc[at::each].to_numpy()
    return add_notes(rows, table.attrs["notes"])
