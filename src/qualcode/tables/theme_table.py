"""Frequencies of codes, families and themes as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from qualcode.incidence import CodeSet, Frequency, Incidence, count_frequencies
from qualcode.incidence.universe import Flags
from qualcode.tables.frames import make_frame

THEME_COLUMNS = (
    "code name level codings own_codings units transcripts cases share_of_cases words per_1000_words "
    "codings_per_1000_words unit coder universe_units universe_transcripts universe_cases universe_words"
).split()

GroupMasks = Mapping[tuple[str, ...], Flags]
"""Masks of groups (see `count_frequencies`) by the values of the grouping attributes; without grouping one, by ()."""


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
    by = group_columns(by, THEME_COLUMNS)
    for incidence, masks in zip(counted, groups, strict=True):
        frequencies = count_frequencies(incidence, rows, list(masks.values()))
        for code_set, by_group in zip(rows, frequencies, strict=True):
            for values, frequency in zip(masks, by_group, strict=True):
                lines.append({**dict(zip(by, values, strict=True)), **_theme_row(incidence, code_set, frequency)})
    return make_frame(lines, [*by, *THEME_COLUMNS])


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
        # Two names of one number: the first is promised, the second says what it is.
        "per_1000_words": _round_or_nan(frequency.codings_per_1000_words),
        "codings_per_1000_words": _round_or_nan(frequency.codings_per_1000_words),
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
