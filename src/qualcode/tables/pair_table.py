"""Co-occurrence of codes, families and themes as DataFrames: pairs, and a matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qualcode.incidence import CodeSet, Cooccurrence, Incidence, count_cooccurrence
from qualcode.tables.frames import make_frame
from qualcode.tables.theme_table import GroupMasks, group_columns

PAIR_COLUMNS = "code_a code_b count jaccard count_a count_b units unit coder".split()


def cooccurrence_table(
    counted: Sequence[Incidence],
    rows: Sequence[CodeSet],
    groups: Sequence[GroupMasks],
    *,
    by: Sequence[str],
    zeros: bool,
) -> pd.DataFrame:
    """Return co-occurrence counts, one row for each pair, coder and group; the most frequent pairs of a group first.

    Two code sets of which one contains the other are no pair. Pairs that never occur together are included only
    with ``zeros``. Parameters are those of `theme_table`; columns are ``by``, then `PAIR_COLUMNS`.
    """
    by = group_columns(by, PAIR_COLUMNS)
    # Over all coders, since one coder may have groups that another has not.
    group_order = {values: i for i, values in enumerate(dict.fromkeys(values for masks in groups for values in masks))}
    lines: list[tuple[int, dict[str, Any]]] = []
    for incidence, masks in zip(counted, groups, strict=True):
        for values, mask in masks.items():
            labels = dict(zip(by, values, strict=True))
            pairs = _pair_rows(incidence, count_cooccurrence(incidence, rows, mask), zeros=zeros)
            lines += [(group_order[values], {**labels, **pair}) for pair in pairs]
    lines.sort(key=lambda line: (line[0], *_pair_sort_key(line[1])))
    return make_frame([line for _, line in lines], [*by, *PAIR_COLUMNS])


def _pair_sort_key(pair: Mapping[str, Any]) -> tuple[Any, ...]:
    jaccard = pair["jaccard"]
    # NaN is neither less nor greater than a number, so it gets a key of its own and comes last.
    return pair["coder"], -pair["count"], np.isnan(jaccard), -np.nan_to_num(jaccard), pair["code_a"], pair["code_b"]


def _pair_rows(incidence: Incidence, counts: Cooccurrence, *, zeros: bool) -> Iterable[dict[str, Any]]:
    jaccard = counts.jaccard()
    for a, b in counts.pairs(min_count=0 if zeros else 1):
        yield {
            "code_a": counts.code_sets[a].id,
            "code_b": counts.code_sets[b].id,
            "count": int(counts.joint_units[a, b]),
            "jaccard": round(float(jaccard[a, b]), 6),
            "count_a": int(counts.code_units[a, b]),
            "count_b": int(counts.code_units[b, a]),
            "units": int(counts.base_units[a, b]),
            "unit": str(incidence.universe.unit),
            "coder": incidence.coder,
        }


def cooccurrence_matrix(counts: Cooccurrence) -> pd.DataFrame:
    """Return the counts of units as a matrix, code sets x code sets, with each set's own units on the diagonal."""
    ids = [code_set.id for code_set in counts.code_sets]
    return pd.DataFrame(counts.joint_units, index=ids, columns=ids)
