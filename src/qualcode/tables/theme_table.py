"""Frequencies of codes, families and themes as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qualcode.incidence import CodeSet, Frequency, Incidence, count_frequencies, estimate_rate_intervals
from qualcode.incidence.universe import Flags
from qualcode.statistics import Resampling, wilson_interval
from qualcode.tables.frames import make_frame

THEME_COLUMNS = (
    "code name level codings own_codings units transcripts cases share_of_cases share_low share_high words "
    "per_1000_words codings_per_1000_words rate_low rate_high unit coder universe_units universe_transcripts "
    "universe_cases universe_words"
).split()

Interval = tuple[float, float, float, float]
"""Bounds of a share of cases and of a rate."""
GroupMasks = Mapping[tuple[str, ...], Flags]
"""Masks of groups (see `count_frequencies`) by the values of the grouping attributes; without grouping one, by ()."""


def theme_table(
    counted: Sequence[Incidence],
    rows: Sequence[CodeSet],
    groups: Sequence[GroupMasks],
    by: Sequence[str],
    *,
    resampling: Resampling | None = None,
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
    resampling
        Of cases, for the intervals of rates; its level is that of all intervals. The default one if not given.

    Returns
    -------
    DataFrame
        Columns ``by``, then `THEME_COLUMNS`. A share or rate is NaN if its base is empty, and
        the bounds of a rate are NaN if nothing is coded or there is only one case to resample.
    """
    lines = []
    by = group_columns(by, THEME_COLUMNS)
    for incidence, masks in zip(counted, groups, strict=True):
        frequencies = count_frequencies(incidence, rows, list(masks.values()))
        intervals = _list_intervals(incidence, rows, masks, frequencies, resampling or Resampling())
        for code_set, by_group in zip(rows, frequencies, strict=True):
            for values, frequency in zip(masks, by_group, strict=True):
                row = _theme_row(incidence, code_set, frequency, next(intervals))
                lines.append({**dict(zip(by, values, strict=True)), **row})
    return make_frame(lines, [*by, *THEME_COLUMNS])


def _list_intervals(
    incidence: Incidence,
    rows: Sequence[CodeSet],
    masks: GroupMasks,
    frequencies: Sequence[Sequence[Frequency]],
    resampling: Resampling,
) -> Iterator[Interval]:
    """Yield the intervals of share and rate for each code set and group: share_low, share_high, rate_low, rate_high."""
    cases = [[(cell.cases, cell.universe_cases) for cell in by_group] for by_group in frequencies]
    count, size = np.array(cases, dtype=np.float64).reshape(-1, 2).T
    shares = wilson_interval(count, size, level=resampling.level)
    rates = estimate_rate_intervals(incidence, rows, list(masks.values()), resampling)
    columns = [*shares, *(bounds.ravel() for bounds in rates)]
    return zip(*(column.round(6).tolist() for column in columns), strict=True)


def _theme_row(incidence: Incidence, code_set: CodeSet, frequency: Frequency, interval: Interval) -> dict[str, Any]:
    share_low, share_high, rate_low, rate_high = interval
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
        "share_low": share_low,
        "share_high": share_high,
        "words": frequency.words,
        # Two names of one number: the first is promised, the second says what it is.
        "per_1000_words": _round_or_nan(frequency.codings_per_1000_words),
        "codings_per_1000_words": _round_or_nan(frequency.codings_per_1000_words),
        "rate_low": rate_low,
        "rate_high": rate_high,
        "unit": str(incidence.universe.unit),
        "coder": incidence.coder,
        "universe_units": frequency.universe_units,
        "universe_transcripts": frequency.universe_transcripts,
        "universe_cases": frequency.universe_cases,
        "universe_words": frequency.universe_words,
    }


def group_columns(by: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the grouping attributes as columns, prefixed with ``case_`` if the table has a column of that name."""
    return [f"case_{name}" if name in columns else name for name in by]


def make_group_frame(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, by: Sequence[str], notes: Sequence[str]
) -> pd.DataFrame:
    """Return rows of groups as a DataFrame, whose first columns are the grouping attributes."""
    return make_frame(rows, [*group_columns(by, columns), *columns], notes=notes)


def _round_or_nan(value: float | None) -> float:
    return float("nan") if value is None else round(value, 6)
