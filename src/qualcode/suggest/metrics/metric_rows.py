"""Metrics as table rows: one for each code, each family, all codes pooled and the mean over codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from qualcode.suggest.metrics.bootstrap import Interval, Resampling, compute_differences, compute_intervals
from qualcode.suggest.metrics.code_pools import Pool, list_pools
from qualcode.suggest.metrics.code_quality import Quality, compute_quality
from qualcode.suggest.metrics.precision_recall import Measure, PredictionCounts, measure_pools
from qualcode.suggest.metrics.predictions import DifferentUnits, Predictions, check_same_units
from qualcode.suggest.metrics.verdicts import VerdictRule, decide_verdict

Row = dict[str, Any]
Intervals = dict[str, Interval]
"""Intervals of one pool by the name of the measure."""
MEASURES: dict[str, Measure] = {
    "precision": PredictionCounts.precision,
    "recall": PredictionCounts.recall,
    "f1": PredictionCounts.f1,
}
POOL_LABELS = {"all": "all codes", "mean": "mean over codes"}


def evaluation_rows(
    predictions: Predictions,
    *,
    names: Mapping[str, str] | None = None,
    baselines: Mapping[str, Predictions] | None = None,
    second_coder: Predictions | None = None,
    rule: VerdictRule = VerdictRule(),
    resampling: Resampling = Resampling(),
) -> list[Row]:
    """Return how good the suggestions are, compared with baselines and a second coder, with a verdict on each code.

    Parameters
    ----------
    predictions
        Predictions for units that the method was not trained on.
    names
        Names of codes and families by their ids.
    baselines
        Predictions of other methods for the same units, by name: ``cues`` becomes the column ``cues_f1``.
    second_coder
        One coder compared with another (`compare_coders`), for the same codes, over units that both have finished:
        usually fewer units than ``predictions`` has.
    rule, resampling
        Thresholds of the verdict; how transcripts are drawn for intervals.

    Returns
    -------
    list of dict
        Those of `quality_rows`, with the baselines' F1, ``ceiling_f1`` (the second coder's F1) and, for codes,
        ``verdict`` and ``because``. For families, all and mean the verdict is None, and ``because`` says why a number
        is None.

    Raises
    ------
    DifferentUnits
        If a baseline has other units, or the second coder other codes.
    """
    pools = zip(
        compute_quality(predictions),
        _measure_intervals(predictions, resampling),
        _baseline_f1s(predictions, baselines or {}),
        _second_coder_f1s(predictions, second_coder),
        strict=True,
    )
    return [
        _quality_columns(quality, intervals, names or {})
        | {f"{name}_f1": f1 for name, f1 in baseline_f1s.items()}
        | {"ceiling_f1": second_coder_f1}
        | _verdict_columns(quality, intervals, baseline_f1s, rule)
        for quality, intervals, baseline_f1s, second_coder_f1 in pools
    ]


def quality_rows(
    predictions: Predictions, *, names: Mapping[str, str] | None = None, resampling: Resampling = Resampling()
) -> list[Row]:
    """Return the numbers of each pool with their intervals, of a method or of one coder compared with another.

    Returns
    -------
    list of dict
        level (code, family, all, mean), code, name, units, transcripts, codings, suggested, right, codes (how many
        occur), precision, recall, f1, each with _low and _high, average_precision, because. Undefined numbers are
        None, with the reason in ``because``.
    """
    qualities = zip(compute_quality(predictions), _measure_intervals(predictions, resampling), strict=True)
    return [
        _quality_columns(quality, intervals, names or {}) | {"because": _join_reasons(quality, intervals)}
        for quality, intervals in qualities
    ]


def difference_rows(
    predictions: Predictions, baselines: Mapping[str, Predictions], *, resampling: Resampling = Resampling()
) -> list[Row]:
    """Return how much better the F1 of each pool is than each baseline's, over the same draws of transcripts.

    Returns
    -------
    list of dict
        level, code, baseline, f1, baseline_f1, difference, difference_low, difference_high, not_better (the share of
        draws in which ours is not above the baseline), draws.
    """
    return [
        {
            **_pool_columns(pool),
            "baseline": name,
            "f1": f1,
            "baseline_f1": baseline_f1,
            "difference": difference.value,
            "difference_low": difference.interval.low,
            "difference_high": difference.interval.high,
            "not_better": difference.not_better,
            "draws": difference.interval.draws,
        }
        for name, baseline in baselines.items()
        for pool, f1, baseline_f1, difference in zip(
            list_pools(predictions.codes),
            _f1s(predictions),
            _f1s(baseline),
            compute_differences(predictions, baseline, resampling=resampling),
            strict=True,
        )
    ]


def learning_curve_rows(repeats: Mapping[int, Sequence[Predictions]]) -> list[Row]:
    """Return how F1 grows with the number of transcripts in the training set.

    Parameters
    ----------
    repeats
        By number of transcripts, the predictions after training on several random subsets of that size.

    Returns
    -------
    list of dict
        transcripts, repeats, and of micro_f1 (all codes pooled), macro_f1 (mean over codes that occur) and codes
        (how many occur) the mean, with _min and _max. Repeats in which an F1 is undefined are left out of it; None
        without any. The range is over subsets of transcripts: it is not an interval.

    Examples
    --------
    Two subsets of one transcript: after training on the first the coding is suggested, after the second it is not.

    >>> import numpy as np
    >>> yes, no = np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)
    >>> good, bad = (
    ...     Predictions(("f/a",), ("S",), np.array([0]), yes, yes, chosen * 0.9, chosen) for chosen in (yes, no)
    ... )
    >>> [(row["micro_f1"], row["micro_f1_min"], row["micro_f1_max"]) for row in learning_curve_rows({1: [good, bad]})]
    [(0.5, 0.0, 1.0)]
    """
    return [
        {"transcripts": size, "repeats": len(predictions), **_summarise_repeats(predictions)}
        for size, predictions in sorted(repeats.items())
    ]


def _summarise_repeats(repeats: Sequence[Predictions]) -> Row:
    """Return mean and range of micro F1, macro F1 and the number of codes that occur."""
    # The last two pools are all codes and the mean over codes.
    micro_f1s, macro_f1s = zip(*(_f1s(predictions)[-2:] for predictions in repeats), strict=True)
    codes = [int((predictions.counts.sum_transcripts().codings > 0).sum()) for predictions in repeats]
    return {
        **_range_columns("micro_f1", micro_f1s),
        **_range_columns("macro_f1", macro_f1s),
        **_range_columns("codes", codes),
    }


def _pool_columns(pool: Pool) -> Row:
    return {"level": pool.level, "code": pool.id}


def _quality_columns(quality: Quality, intervals: Intervals, names: Mapping[str, str]) -> Row:
    """Return the numbers of a pool."""
    pool = quality.pool
    row = {
        **_pool_columns(pool),
        "name": POOL_LABELS.get(pool.level, names.get(pool.id, pool.id)),
        "units": quality.units,
        quality.sampling_unit: quality.transcripts,
        "codings": quality.codings,
        "suggested": quality.suggested,
        "right": quality.right,
        "codes": quality.codes,
    }
    for name, interval in intervals.items():
        row |= {name: getattr(quality, name).value, f"{name}_low": interval.low, f"{name}_high": interval.high}
    return row | {"average_precision": quality.average_precision.value}


def _measure_intervals(predictions: Predictions, resampling: Resampling) -> list[Intervals]:
    """Return the intervals of precision, recall and F1 for each pool."""
    by_measure = [
        compute_intervals(predictions, measure=measure, resampling=resampling) for measure in MEASURES.values()
    ]
    return [dict(zip(MEASURES, intervals, strict=True)) for intervals in zip(*by_measure, strict=True)]


def _join_reasons(quality: Quality, intervals: Intervals) -> str:
    """Return why numbers and intervals are missing, each reason once."""
    ratios = (quality.precision, quality.recall, quality.f1, quality.average_precision)
    reasons = [ratio.reason for ratio in ratios]
    # Where the number itself is undefined, its interval is missing for the same reason.
    reasons += [interval.reason for name, interval in intervals.items() if not getattr(quality, name).reason]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _verdict_columns(
    quality: Quality, intervals: Intervals, baseline_f1s: Mapping[str, float | None], rule: VerdictRule
) -> Row:
    """Return a code's verdict and its reason; there is no verdict on a pool of several codes."""
    if quality.pool.level != "code":
        return {"verdict": None, "because": _join_reasons(quality, intervals)}
    decided = decide_verdict(quality, interval=intervals["f1"], baselines=baseline_f1s, rule=rule)
    return {"verdict": decided.verdict, "because": decided.reason}


def _baseline_f1s(predictions: Predictions, baselines: Mapping[str, Predictions]) -> list[dict[str, float | None]]:
    """Return for each pool the F1 of each baseline."""
    for baseline in baselines.values():
        check_same_units(predictions, baseline)
    f1s = {name: _f1s(baseline) for name, baseline in baselines.items()}
    pools = range(len(list_pools(predictions.codes)))
    return [{name: values[pool] for name, values in f1s.items()} for pool in pools]


def _second_coder_f1s(predictions: Predictions, second_coder: Predictions | None) -> list[float | None]:
    """Return the F1 of one coder compared with another for each pool; None without a second coder."""
    if second_coder is None:
        return [None for _ in list_pools(predictions.codes)]
    if second_coder.codes != predictions.codes:
        raise DifferentUnits("codes")
    return _f1s(second_coder)


def _f1s(predictions: Predictions) -> list[float | None]:
    """Return the F1 of each pool; None where it is undefined."""
    counts = predictions.counts.sum_transcripts()
    values = measure_pools(counts, list_pools(predictions.codes), measure=PredictionCounts.f1)
    return [None if isnan(value) else value for value in values.tolist()]


def _range_columns(name: str, values: Sequence[float | None]) -> Row:
    """Return the mean, minimum and maximum of the values that are defined."""
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else None
    return {name: mean, f"{name}_min": min(known, default=None), f"{name}_max": max(known, default=None)}
