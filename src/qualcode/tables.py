"""Counts as pandas DataFrames, with the promised column names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qualcode.incidence import CodeSet, Cooccurrence, Frequency, Incidence, count_cooccurrence, count_frequencies
from qualcode.incidence.universe import Flags

THEME_COLUMNS = (
    "code name level codings units transcripts cases share_of_cases words per_1000_words unit coder "
    "universe_units universe_transcripts universe_cases universe_words"
).split()
PAIR_COLUMNS = "code_a code_b count jaccard count_a count_b units unit coder".split()

GroupMasks = Mapping[tuple[str, ...], Flags]
"""Groups (see `count_frequencies`) by the values of the grouping attributes; one empty key for no grouping."""


def make_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a DataFrame with these columns, also where there are no rows."""
    return pd.DataFrame(list(rows), columns=list(columns))


def theme_table(
    counted: Sequence[Incidence], rows: Sequence[CodeSet], groups: Sequence[GroupMasks], by: Sequence[str]
) -> pd.DataFrame:
    """Return theme frequencies: one line a row, coder and group, zeros kept.

    ``groups`` belongs to ``counted`` one by one; a share or rate over nothing is missing, never zero.
    """
    lines = []
    by = _group_columns(by, THEME_COLUMNS)
    for one, grouped in zip(counted, groups, strict=True):
        found = count_frequencies(one, rows, list(grouped.values()))
        for row, by_group in zip(rows, found, strict=True):
            for values, frequency in zip(grouped, by_group, strict=True):
                lines.append({**dict(zip(by, values, strict=True)), **_theme_row(one, row, frequency)})
    return make_frame(lines, [*by, *THEME_COLUMNS])


def _group_columns(by: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the columns of the grouping attributes; one called like a column of the table gets ``case_`` before it."""
    return [f"case_{name}" if name in columns else name for name in by]


def _theme_row(counted: Incidence, row: CodeSet, found: Frequency) -> dict[str, Any]:
    return {
        "code": row.id,
        "name": row.name,
        "level": row.level,
        "codings": found.codings,
        "units": found.units,
        "transcripts": found.transcripts,
        "cases": found.cases,
        "share_of_cases": _round_or_nan(found.share_of_cases),
        "words": found.words,
        "per_1000_words": _round_or_nan(found.per_1000_words),
        "unit": str(counted.universe.unit),
        "coder": counted.coder,
        "universe_units": found.universe_units,
        "universe_transcripts": found.universe_transcripts,
        "universe_cases": found.universe_cases,
        "universe_words": found.universe_words,
    }


def _round_or_nan(value: float | None) -> float:
    return float("nan") if value is None else round(value, 6)


def cooccurrence_table(
    counted: Sequence[Incidence],
    rows: Sequence[CodeSet],
    groups: Sequence[GroupMasks],
    *,
    by: Sequence[str],
    zeros: bool,
) -> pd.DataFrame:
    """Return co-occurrences, most frequent first: one line a pair of rows, coder and group.

    A row and one it is part of are no pair. Pairs that never occur together are there with ``zeros`` only.
    """
    by = _group_columns(by, PAIR_COLUMNS)
    seen = dict.fromkeys(values for grouped in groups for values in grouped)
    order = {values: number for number, values in enumerate(seen)}
    lines: list[tuple[int, dict[str, Any]]] = []
    for one, grouped in zip(counted, groups, strict=True):
        for values, mask in grouped.items():
            labels = dict(zip(by, values, strict=True))
            found = _pair_rows(one, count_cooccurrence(one, rows, mask), zeros=zeros)
            lines += [(order[values], {**labels, **line}) for line in found]
    lines.sort(key=lambda line: (line[0], *_pair_sort_key(line[1])))
    return make_frame([line for _, line in lines], [*by, *PAIR_COLUMNS])


def _pair_sort_key(line: Mapping[str, Any]) -> tuple[Any, ...]:
    jaccard = line["jaccard"]
    return line["coder"], -line["count"], np.isnan(jaccard), -np.nan_to_num(jaccard), line["code_a"], line["code_b"]


def _pair_rows(counted: Incidence, found: Cooccurrence, *, zeros: bool) -> Iterable[dict[str, Any]]:
    jaccard = found.jaccard()
    for a, b in found.pairs(min_count=0 if zeros else 1):
        yield {
            "code_a": found.code_sets[a].id,
            "code_b": found.code_sets[b].id,
            "count": int(found.joint_units[a, b]),
            "jaccard": round(float(jaccard[a, b]), 6),
            "count_a": int(found.code_units[a, b]),
            "count_b": int(found.code_units[b, a]),
            "units": int(found.base_units[a, b]),
            "unit": str(counted.universe.unit),
            "coder": counted.coder,
        }


def cooccurrence_matrix(found: Cooccurrence) -> pd.DataFrame:
    """Return the rows x rows matrix of counts, frequencies on the diagonal, for a sheet or a heat map."""
    names = [row.id for row in found.code_sets]
    return pd.DataFrame(found.joint_units, index=names, columns=names)
