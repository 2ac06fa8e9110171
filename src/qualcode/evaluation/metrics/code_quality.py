"""The numbers of each code, family and all codes; each is a share, or says why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from qualcode.evaluation.metrics.array_types import Floats
from qualcode.evaluation.metrics.average_precision import average_precision_by_pool
from qualcode.evaluation.metrics.code_pools import Pool, list_pools
from qualcode.evaluation.metrics.precision_recall import PredictionCounts, measure_pools
from qualcode.evaluation.metrics.predictions import Predictions
from qualcode.model import SamplingUnit


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number from 0 to 1, or None and why there is none."""

    value: float | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the suggestions of a pool of codes were, with what the shares are shares of."""

    pool: Pool
    units: int
    """Units in which any of the codes was asked."""
    transcripts: int
    """Transcripts (or cases) with a coding."""
    codings: int
    suggested: int
    right: int
    codes: int
    """How many of the codes occur: a mean is over these."""
    precision: Ratio
    recall: Ratio
    f1: Ratio
    average_precision: Ratio
    sampling_unit: SamplingUnit
    """What ``transcripts`` counts."""


def compute_quality(judged: Predictions) -> list[Quality]:
    """Return the numbers of each code, each family, all codes pooled and the mean over codes, in this order.

    A pool adds up cells: a unit with two codes of a family counts twice in it. A mean of precision leaves out codes
    of which nothing was suggested.

    Examples
    --------
    Of two suggestions one is right, and one of two codings was not suggested; the other code never occurs.

    >>> truth, chosen = np.array([[1, 0], [1, 0], [0, 0]], dtype=bool), np.array([[1, 0], [0, 0], [1, 0]], dtype=bool)
    >>> judged = Judged(("f/a", "f/b"), ("S",), np.zeros(3, dtype=int), truth, truth | True, chosen * 0.9, chosen)
    >>> found = qualities(judged)
    >>> [(one.pool.level, one.f1.value, one.codes) for one in found]
    [('code', 0.5, 1), ('code', None, 0), ('family', 0.5, 1), ('all', 0.5, 1), ('mean', 0.5, 1)]
    >>> found[1].f1.because
    'neither coded nor suggested'
    """
    over = list_pools(judged.codes)
    total = judged.counts.sum_transcripts()
    whole = total.sum_pools(over)
    stands = (judged.counts.sum_pools(over).codings > 0).sum(axis=0)
    ratios = _ratios(judged, over, total)
    return [
        Quality(
            pool,
            units=_count_units(judged, pool),
            transcripts=int(stands[place]),
            codings=int(whole.codings[place]),
            suggested=int(whole.suggested[place]),
            right=int(whole.true_positives[place]),
            codes=int((total.codings[list(pool.columns)] > 0).sum()),
            **{name: values[place] for name, values in ratios.items()},
            sampling_unit=judged.sampling_unit,
        )
        for place, pool in enumerate(over)
    ]


def _ratios(judged: Predictions, over: Sequence[Pool], total: PredictionCounts) -> dict[str, list[Ratio]]:
    """Return the measures of each pool."""
    return {
        "precision": _to_ratios(
            over, measure_pools(total, over, measure=PredictionCounts.precision), "nothing was suggested"
        ),
        "recall": _to_ratios(over, measure_pools(total, over, measure=PredictionCounts.recall), "never coded"),
        "f1": _to_ratios(over, measure_pools(total, over, measure=PredictionCounts.f1), "neither coded nor suggested"),
        "average_precision": _to_ratios(over, average_precision_by_pool(judged, over), "never coded"),
    }


def _to_ratios(over: Sequence[Pool], values: Floats, because: str) -> list[Ratio]:
    """Return the number of each pool, with a reason where there is none."""
    reasons = {"mean": "no code to take the mean over"}
    return [
        Ratio(None, reasons.get(pool.level, because)) if isnan(value) else Ratio(value)
        for pool, value in zip(over, values.tolist(), strict=True)
    ]


def _count_units(judged: Predictions, pool: Pool) -> int:
    return int(np.count_nonzero(judged.asked[:, list(pool.columns)].any(axis=1)))
