"""Counts as pandas DataFrames, with stable column names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from qualcode.incidence import CodeSet, Cooccurrence, Frequency, Incidence, count_cooccurrence, count_frequencies
from qualcode.incidence.universe import Flags

THEME_COLUMNS = (
    "code name level codings own_codings units transcripts cases share_of_cases words per_1000_words unit coder "
    "universe_units universe_transcripts universe_cases universe_words"
).split()
PAIR_COLUMNS = "code_a code_b count jaccard count_a count_b units unit coder".split()

GroupMasks = Mapping[tuple[str, ...], Flags]
"""Masks of groups (see `count_frequencies`) by the values of the grouping attributes; without grouping one, by ()."""


class NotedFrame(pd.DataFrame):
    """A DataFrame that shows ``attrs["notes"]`` below the table in a notebook; slices of it do the same."""

    @property
    def _constructor(self) -> type[NotedFrame]:
        return NotedFrame

    def _repr_html_(self) -> str:
        table: str = super()._repr_html_()  # type: ignore[misc]
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.attrs.get("notes", ()))
        return f'{table}<ul style="font-size: 90%">{notes}</ul>' if notes else table


def make_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, notes: Sequence[str] = ()) -> pd.DataFrame:
    """Return rows as a DataFrame with these columns, even if there are no rows.

    ``notes`` (unit, universe, coder, what was left out and why) are kept in ``attrs["notes"]``.
    """
    return add_notes(pd.DataFrame(list(rows), columns=list(columns)), notes)


def add_notes(frame: pd.DataFrame, notes: Sequence[str]) -> pd.DataFrame:
    """Return a DataFrame that carries notes in ``attrs["notes"]``."""
    noted = NotedFrame(frame)
    noted.attrs["notes"] = list(notes)
    return noted


def theme_table(
    counted: Sequence[Incidence], rows: Sequence[CodeSet], groups: Sequence[GroupMasks], by: Sequence[str]
) -> pd.DataFrame:
    """Return frequencies, one row for each code set, coder and group; zeros are included.

    Parameters
    ----------
    counted
        One incidence for each coder.
    rows
        The codes, families and themes to count.
    groups
        The groups of each incidence.
    by
        The grouping attributes, which name the first columns.

    Returns
    -------
    DataFrame
        Columns ``by``, then `THEME_COLUMNS`. A share or rate is NaN if its base is empty.
    """
    lines = []
    by = _group_columns(by, THEME_COLUMNS)
    for incidence, masks in zip(counted, groups, strict=True):
        frequencies = count_frequencies(incidence, rows, list(masks.values()))
        for code_set, by_group in zip(rows, frequencies, strict=True):
            for values, frequency in zip(masks, by_group, strict=True):
                lines.append({**dict(zip(by, values, strict=True)), **_theme_row(incidence, code_set, frequency)})
    return make_frame(lines, [*by, *THEME_COLUMNS])


def _group_columns(by: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the grouping attributes as columns, prefixed with ``case_`` if the table has a column of that name."""
    return [f"case_{name}" if name in columns else name for name in by]


def _theme_row(incidence: Incidence, code_set: CodeSet, frequency: Frequency) -> dict[str, Any]:
    return {
        "code": code_set.id,
        "name": code_set.name,
        "level": code_set.level,
        "codings": frequency.codings,
        "own_codings": frequency.own_codings,
        "units": frequency.units,
        "transcripts": frequency.transcripts,
        "cases": frequency.cases,
        "share_of_cases": _round_or_nan(frequency.share_of_cases),
        "words": frequency.words,
        "per_1000_words": _round_or_nan(frequency.per_1000_words),
        "unit": str(incidence.universe.unit),
        "coder": incidence.coder,
        "universe_units": frequency.universe_units,
        "universe_transcripts": frequency.universe_transcripts,
        "universe_cases": frequency.universe_cases,
        "universe_words": frequency.universe_words,
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
    """Return co-occurrence counts, one row for each pair, coder and group; the most frequent pairs of a group first.

    Two code sets of which one contains the other are no pair. Pairs that never occur together are included only
    with ``zeros``. Parameters are those of `theme_table`; columns are ``by``, then `PAIR_COLUMNS`.
    """
    by = _group_columns(by, PAIR_COLUMNS)
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
