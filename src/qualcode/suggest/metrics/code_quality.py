"""Precision, recall, F1 and average precision of each code, family and all codes, with reasons where undefined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from qualcode.model import SamplingUnit
from qualcode.suggest.metrics.array_types import Floats
from qualcode.suggest.metrics.average_precision import average_precision_by_pool
from qualcode.suggest.metrics.code_pools import Pool, list_pools
from qualcode.suggest.metrics.precision_recall import PredictionCounts, measure_pools
from qualcode.suggest.metrics.predictions import Predictions


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number from 0 to 1, or None and the reason why it is undefined."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the suggestions of a pool of codes were, with the counts behind the shares."""

    pool: Pool
    units: int
    """Units with an evaluated cell of any of the codes."""
    transcripts: int
    """Transcripts (or cases) with a coding."""
    codings: int
    suggested: int
    right: int
    codes: int
    """Number of codes that occur: a mean is over these."""
    precision: Ratio
    recall: Ratio
    f1: Ratio
    average_precision: Ratio
    sampling_unit: SamplingUnit
    """What ``transcripts`` counts."""


def compute_quality(predictions: Predictions) -> list[Quality]:
    """Return the numbers of each code, each family, all codes pooled and the mean over codes, in this order.

    A pool adds up cells: a unit with two codes of a family counts twice in it. A mean of precision leaves out codes
    of which nothing was suggested.

    Examples
    --------
    Of two suggestions one is right, and one of two codings was not suggested; the other code never occurs.

    >>> truth, chosen = np.array([[1, 0], [1, 0], [0, 0]], dtype=bool), np.array([[1, 0], [0, 0], [1, 0]], dtype=bool)
    >>> transcript = np.zeros(3, dtype=int)
    >>> predictions = Predictions(("f/a", "f/b"), ("S",), transcript, truth, truth | True, chosen * 0.9, chosen)
    >>> qualities = compute_quality(predictions)
    >>> [(quality.pool.level, quality.f1.value, quality.codes) for quality in qualities]
    [('code', 0.5, 1), ('code', None, 0), ('family', 0.5, 1), ('all', 0.5, 1), ('mean', 0.5, 1)]
    >>> qualities[1].f1.reason
    'neither coded nor suggested'
    """
    pools = list_pools(predictions.codes)
    by_code = predictions.counts.sum_transcripts()
    by_pool = by_code.sum_pools(pools)
    # Summed over codes first: a transcript with two codes of a family is one transcript.
    coded_transcripts = (predictions.counts.sum_pools(pools).codings > 0).sum(axis=0)
    ratios = _compute_ratios(predictions, pools, by_code)
    return [
        Quality(
            pool,
            units=_count_units(predictions, pool),
            transcripts=int(coded_transcripts[index]),
            codings=int(by_pool.codings[index]),
            suggested=int(by_pool.suggested[index]),
            right=int(by_pool.true_positives[index]),
            codes=int((by_code.codings[list(pool.columns)] > 0).sum()),
            **{name: values[index] for name, values in ratios.items()},
            sampling_unit=predictions.sampling_unit,
        )
        for index, pool in enumerate(pools)
    ]


def _compute_ratios(
    predictions: Predictions, pools: Sequence[Pool], counts: PredictionCounts
) -> dict[str, list[Ratio]]:
    """Return the measures of each pool by name."""
    precision, recall, f1 = (
        measure_pools(counts, pools, measure=measure)
        for measure in (PredictionCounts.precision, PredictionCounts.recall, PredictionCounts.f1)
    )
    return {
        "precision": _to_ratios(pools, precision, "nothing was suggested"),
        "recall": _to_ratios(pools, recall, "never coded"),
        "f1": _to_ratios(pools, f1, "neither coded nor suggested"),
        "average_precision": _to_ratios(pools, average_precision_by_pool(predictions, pools), "never coded"),
    }


def _to_ratios(pools: Sequence[Pool], values: Floats, reason: str) -> list[Ratio]:
    """Return the number of each pool, with a reason where it is NaN."""
    reasons = {"mean": "no code to take the mean over"}
    return [
        Ratio(None, reasons.get(pool.level, reason)) if isnan(value) else Ratio(value)
        for pool, value in zip(pools, values.tolist(), strict=True)
    ]


def _count_units(predictions: Predictions, pool: Pool) -> int:
    return int(np.count_nonzero(predictions.evaluated[:, list(pool.columns)].any(axis=1)))
