"""Drift: split from consistency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.coding_probabilities import CodingProbabilities, compute_coding_probabilities, compute_surprise
from qualcode.evaluation.evaluation_data import code_columns
from qualcode.evaluation.metrics import Resampling, draw_weights
from qualcode.evaluation.surprises import surprise_note
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Places = NDArray[np.intp]


DRIFT_COLUMNS = (
    "quarter from to codings transcripts surprise expected difference difference_low difference_high".split()
)


QUARTERS = 4


MIN_SECONDS = 3600.0
"""Seconds that codings must be spread over to tell anything of time: a table that is read in takes seconds."""


_DRAWS = 1000


def measure_drift(study: Study, *, coder: str | None, code: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return how surprising codings are by quarters of time, and what was compared."""
    from qualcode.tables import make_frame

    only = select_code_ids(study.codebook, code)
    found = compute_coding_probabilities(study, coder)
    wanted = set(code_columns(found.data, only))
    kept = [place for place, column in enumerate(found.columns) if column in wanted]
    said = [surprise_note(found), _COLUMNS_NOTE]
    if untold := _undefined_reason([found.codings[place].at for place in kept]):
        return make_frame([], DRIFT_COLUMNS), [*said, untold]
    return make_frame(_quarter_rows(found, kept), DRIFT_COLUMNS), said


_COLUMNS_NOTE = (
    "surprise: mean bits of a quarter's codings; expected: what codings of the same codes have over all quarters; "
    "their difference with an interval over transcripts (cases): above 0 the quarter is less like the rest"
)


def _undefined_reason(times: Sequence[str]) -> str:
    """Say why codings tell nothing of time; nothing where they do."""
    if len(times) < 2 * QUARTERS:
        return f"{len(times)} codings: too few to compare quarters of the time"
    first, last = (datetime.fromisoformat(at) for at in (min(times), max(times)))
    seconds = (last - first).total_seconds()
    if seconds < MIN_SECONDS:
        return (
            f"no drift can be told: the codings were all recorded within {max(1, round(seconds))} s, so they were read "
            "in from elsewhere and do not have the time at which they were made"
        )
    return ""


def _quarter_rows(found: CodingProbabilities, kept: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield a row for each quarter of the codings in order of time."""
    order = sorted(kept, key=lambda place: (found.codings[place].at, found.codings[place].id))
    bits = compute_surprise(found.probability[order])
    column = np.array([found.columns[place] for place in order])
    usual = np.array(
        [bits[column == code].mean() for code in range(len(found.predictions.codes)) if (column == code).any()]
    )
    known = np.unique(column)
    expected = usual[np.searchsorted(known, column)]
    groups = np.array([found.predictions.transcript[found.units[place][0]] for place in order])
    for number, part in enumerate(np.array_split(np.arange(len(order)), QUARTERS), start=1):
        low, high = _interval((bits - expected)[part], groups[part])
        yield {
            "quarter": number,
            "from": found.codings[order[part[0]]].at,
            "to": found.codings[order[part[-1]]].at,
            "codings": len(part),
            "transcripts": len(np.unique(groups[part])),
            "surprise": round(float(bits[part].mean()), 3),
            "expected": round(float(expected[part].mean()), 3),
            "difference": round(float((bits - expected)[part].mean()), 3),
            "difference_low": low,
            "difference_high": high,
        }


def _interval(values: NDArray[np.float64], groups: Places) -> tuple[float | None, float | None]:
    """Return where the mean lies in 95 % of draws of groups; None with fewer than two."""
    names, place = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        return None, None
    sums, many = np.bincount(place, values), np.bincount(place)
    drawn = draw_weights(np.ones(len(names), dtype=bool), Resampling(draws=_DRAWS))
    low, high = np.quantile((drawn @ sums) / (drawn @ many), [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)
