"""Coder drift: whether a coder's codings become less like the rest of that coder's codings over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import format_count
from qualcode.evaluation.coding_probabilities import (
    CodingProbabilities,
    coding_probabilities_note,
    compute_coding_probabilities,
    compute_surprise,
)
from qualcode.evaluation.evaluation_data import code_columns
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.metrics import Resampling, draw_weights, percentile_interval
from qualcode.suggest.metrics.array_types import Floats, Indices

if TYPE_CHECKING:
    import pandas as pd

DRIFT_COLUMNS = (
    "quarter from to codings transcripts surprise expected difference difference_low difference_high".split()
)
QUARTERS = 4
MIN_SECONDS = 3600.0
"""Time from first to last coding below which there is no drift to measure."""

_RESAMPLING = Resampling(draws=1000)
_COLUMNS_NOTE = (
    "surprise: mean surprise of a quarter's codings, in bits; expected: mean surprise of codings with the same codes "
    "over all quarters; difference: surprise less expected, with an interval over transcripts (cases); above 0, the "
    "quarter is less like the rest"
)


def measure_drift(study: Study, *, coder: str | None, code: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return how surprising codings are by quarters in order of time, with notes on what was compared."""
    from qualcode.tables import make_frame

    selected = select_code_ids(study.codebook, code)
    result = compute_coding_probabilities(study, coder)
    columns = set(code_columns(result.data, selected))
    indices = [index for index, column in enumerate(result.columns) if column in columns]
    notes = [coding_probabilities_note(result), _COLUMNS_NOTE]
    if reason := _undefined_reason([result.codings[index].at for index in indices]):
        return make_frame([], DRIFT_COLUMNS), [*notes, reason]
    return make_frame(_quarter_rows(result, indices), DRIFT_COLUMNS), notes


def _undefined_reason(times: Sequence[str]) -> str:
    """Return why drift cannot be measured from codings with these times; empty where it can."""
    if len(times) < 2 * QUARTERS:
        return f"no drift measured: too few codings for {QUARTERS} quarters ({len(times)}, minimum {2 * QUARTERS})"
    first, last = (datetime.fromisoformat(at) for at in (min(times), max(times)))
    seconds = (last - first).total_seconds()
    if seconds < MIN_SECONDS:
        # Also true of an import, whose codings all have its time: how they were made cannot be told from times.
        return (
            f"no drift measured: all codings were recorded within {_format_duration(seconds)}, and quarters of less "
            f"than {_format_duration(MIN_SECONDS)} say nothing about a change"
        )
    return ""


def _format_duration(seconds: float) -> str:
    """Return a time in seconds or minutes, rounded up.

    >>> _format_duration(0.2), _format_duration(90), _format_duration(3600)
    ('1 second', '2 minutes', '60 minutes')
    """
    return (
        format_count(max(1, ceil(seconds)), "second") if seconds <= 60 else format_count(ceil(seconds / 60), "minute")
    )


def _quarter_rows(result: CodingProbabilities, indices: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield a row for each quarter of the codings in order of time."""
    # Ids break ties of time, so that quarters do not depend on the order in which ledgers are read.
    order = sorted(indices, key=lambda index: (result.codings[index].at, result.codings[index].id))
    bits = compute_surprise(result.probability[order])
    # Codes differ in how surprising they are: a quarter with many codings of a rare code would look like drift.
    expected = _mean_by_code(bits, np.array([result.columns[index] for index in order]))
    # All sentences of a coding are in one transcript, so the first one gives the group.
    groups = np.array([result.predictions.transcript[result.units[index][0]] for index in order])
    for number, part in enumerate(np.array_split(np.arange(len(order)), QUARTERS), start=1):
        low, high = _mean_interval((bits - expected)[part], groups[part])
        yield {
            "quarter": number,
            "from": result.codings[order[part[0]]].at,
            "to": result.codings[order[part[-1]]].at,
            "codings": len(part),
            "transcripts": len(np.unique(groups[part])),
            "surprise": round(float(bits[part].mean()), 3),
            "expected": round(float(expected[part].mean()), 3),
            "difference": round(float((bits - expected)[part].mean()), 3),
            "difference_low": low,
            "difference_high": high,
        }


def _mean_by_code(bits: Floats, columns: Indices) -> Floats:
    """Return for each coding the mean bits of all codings with its code, shape (codings,)."""
    codes, inverse = np.unique(columns, return_inverse=True)
    return np.array([bits[columns == code].mean() for code in codes])[inverse]


def _mean_interval(values: Floats, groups: Indices) -> tuple[float | None, float | None]:
    """Return the percentile interval of the mean over draws of groups; None with fewer than two groups."""
    names, inverse = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        return None, None
    weights = draw_weights(np.ones(len(names), dtype=bool), _RESAMPLING)
    means = (weights @ np.bincount(inverse, values)) / (weights @ np.bincount(inverse))
    low, high = percentile_interval(means, level=_RESAMPLING.level)
    return round(low, 3), round(high, 3)
