"""Co-occurrence of codes, families and themes as DataFrames: pairs, and a matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from qualcode.incidence.pairs.cooccurrence_counts import Positions
from qualcode.incidence.universe import Flags, Ints
from qualcode.statistics import PAIR_MEASURES, PairCounts
from qualcode.tables.frames import add_notes, make_categories, make_frame_of_columns
from qualcode.tables.theme_table import GroupMasks, group_columns

PAIR_COLUMNS = (
    "code_a code_b count jaccard count_a count_b units unit coder cosine b_given_a a_given_b expected lift npmi phi "
    "c_coefficient"
).split()


Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Part:
    """One coder's codings in one group, by one unit."""

    group: tuple[str, ...]
    incidence: Incidence
    mask: Flags


@dataclass(frozen=True)
class _Block:
    """The pairs of one coder in one group, with their counts by each unit; columns are made one by one."""

    parts: Sequence[_Part]
    first: Positions
    second: Positions
    pairs: Sequence[PairCounts]
    tests: Sequence[Values]

    def column(self, name: str) -> Any:
        """Return a column of counts, measures or tests: for each pair one row for each unit."""
        values: list[Any]
        if name in _COUNTS:
            values = [_COUNTS[name](pairs) for pairs in self.pairs]
        elif name in PAIR_MEASURES:
            values = [_measure(name, pairs) for pairs in self.pairs]
        else:
            values = [tests[name] for tests in self.tests]
        return values[0] if len(values) == 1 else np.stack(values, axis=1).reshape(-1)


_COUNTS: dict[str, Callable[[PairCounts], Ints]] = {
    "count": lambda pairs: pairs.joint,
    "count_a": lambda pairs: pairs.first,
    "count_b": lambda pairs: pairs.second,
    "units": lambda pairs: pairs.units,
}


_PAIRS_AT_ONCE = 100_000


def _measure(name: str, pairs: PairCounts) -> Any:
    """Return a measure of pairs, computed for some of them at a time, which needs less memory."""
    values = np.empty(len(pairs.joint))
    for start in range(0, len(values), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        values[part] = PAIR_MEASURES[name](pairs.select(part)).round(6)
    return values


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
    parts = [
        _Part(values, incidence, mask)
        for incidence, masks in zip(counted, groups, strict=True)
        for values, mask in masks.items()
    ]
    parts.sort(key=lambda part: (order[part.group], part.incidence.coder))
    blocks = [
        _count_block(list(block), rows, zeros=zeros, significance=significance)
        for _, block in groupby(parts, key=lambda part: (part.group, part.incidence.coder))
    ]
    made = dict(zip(by, _list_groups(blocks), strict=False)) | _label_columns(blocks, [one.id for one in rows])
    names = [*by, *PAIR_COLUMNS, *(SIGNIFICANCE_COLUMNS if significance else ())]
    return make_frame_of_columns({name: made[name] if name in made else _join(name, blocks) for name in names})


def _count_block(parts: Sequence[_Part], rows: Sequence[CodeSet], *, zeros: bool, significance: bool) -> _Block:
    counts = [count_cooccurrence(part.incidence, rows, part.mask) for part in parts]
    first, second = _rank_pairs(counts[0], *_select_pairs(counts, zeros=zeros))
    pairs = [one.pair_counts(first, second) for one in counts]
    tests = [assess_pairs(one, first, second).columns() for one in counts] if significance else []
    return _Block(parts, first, second, pairs, tests)


def _list_groups(blocks: Sequence[_Block]) -> list[Any]:
    """Return the columns of the grouping attributes."""
    values = [block.parts[0].group for block in blocks]
    sizes = [len(block.first) * len(block.parts) for block in blocks]
    return [np.repeat(np.array(column, dtype=object), sizes) for column in zip(*values, strict=True)]


def _label_columns(blocks: Sequence[_Block], ids: Sequence[str]) -> dict[str, Any]:
    """Return the columns of codes, units and coders, as categories."""
    units = list(dict.fromkeys(part.incidence.pair_unit for block in blocks for part in block.parts))
    coders = list(dict.fromkeys(block.parts[0].incidence.coder for block in blocks))
    at: dict[str, list[Any]] = {name: [np.zeros(0, np.int32)] for name in ("code_a", "code_b", "unit", "coder")}
    for block in blocks:
        each, size = len(block.parts), len(block.first)
        at["code_a"].append(np.repeat(block.first.astype(np.int32), each))
        at["code_b"].append(np.repeat(block.second.astype(np.int32), each))
        unit_numbers = [units.index(part.incidence.pair_unit) for part in block.parts]
        at["unit"].append(np.tile(np.array(unit_numbers, np.int8), size))
        at["coder"].append(np.full(size * each, coders.index(block.parts[0].incidence.coder), dtype=np.int8))
    joined = {name: np.concatenate(arrays).astype(np.int32) for name, arrays in at.items()}
    codes = make_categories({name: joined[name] for name in ("code_a", "code_b")}, ids)
    labels = make_categories({"unit": joined["unit"]}, units) | make_categories({"coder": joined["coder"]}, coders)
    return codes | labels


def _join(name: str, blocks: Sequence[_Block]) -> Any:
    """Return a column of all blocks."""
    parts = [block.column(name) for block in blocks]
    return parts[0] if len(parts) == 1 else np.concatenate(parts or [np.zeros(0)])


def _select_pairs(counts: Sequence[Cooccurrence], *, zeros: bool) -> tuple[Positions, Positions]:
    first, second = counts[0].select_pairs()
    if zeros:
        return first, second
    occurs = np.any([one.joint_units[first, second] > 0 for one in counts], axis=0)
    return first[occurs], second[occurs]


def _rank_pairs(counts: Cooccurrence, first: Positions, second: Positions) -> tuple[Positions, Positions]:
    """Return pairs in their order: by count, Jaccard coefficient (those without one last), then by id."""
    ids = np.argsort(np.argsort([code_set.id for code_set in counts.code_sets], kind="stable"), kind="stable")
    ids = ids.astype(np.int32)  # keys take half the memory
    joint = counts.joint_units[first, second].astype(np.int32)
    jaccard = _measure("jaccard", counts.pair_counts(first, second))
    keys = (ids[second], ids[first], -np.nan_to_num(jaccard), np.isnan(jaccard), -joint)
    order = np.lexsort(keys)
    return first[order], second[order]


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
