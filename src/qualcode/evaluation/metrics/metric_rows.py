"""The numbers as rows of a table: one for each code, each family, all codes pooled and the mean over codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from qualcode.evaluation.metrics.bootstrap import Interval, Resampling, compute_differences, compute_intervals
from qualcode.evaluation.metrics.code_pools import Pool, list_pools
from qualcode.evaluation.metrics.code_quality import Quality, compute_quality
from qualcode.evaluation.metrics.precision_recall import Measure, PredictionCounts, measure_pools
from qualcode.evaluation.metrics.predictions import DifferentUnits, Predictions, check_same_units
from qualcode.evaluation.metrics.verdicts import VerdictRule, decide_verdict

Row = dict[str, Any]
Bounds = dict[str, Interval]
MEASURES: dict[str, Measure] = {
    "precision": PredictionCounts.precision,
    "recall": PredictionCounts.recall,
    "f1": PredictionCounts.f1,
}
POOL_LABELS = {"all": "all codes", "mean": "mean over codes"}


def evaluation_rows(
    judged: Predictions,
    *,
    names: Mapping[str, str] | None = None,
    baselines: Mapping[str, Predictions] | None = None,
    ceiling: Predictions | None = None,
    rule: VerdictRule = VerdictRule(),
    resampling: Resampling = Resampling(),
) -> list[Row]:
    """Return how good the suggestions were, beside baselines and a second person, with a verdict on each code.

    Parameters
    ----------
    judged
        What the maker said of units it had not learnt from.
    names
        Names of codes and families by their ids.
    baselines
        Other makers judged over the same units, by name: ``cues`` becomes the column ``cues_f1``.
    ceiling
        One coder judged by another (`between_coders`), for the same codes, over units that both were asked in:
        usually fewer units than ``judged`` has.
    rule, how
        What a verdict asks for; how transcripts are drawn for intervals.

    Returns
    -------
    list of dict
        Those of `quality_rows`, with the baselines' F1, ``ceiling_f1`` and, for codes, ``decide_verdict`` and ``because``.
        For families, all and mean the verdict is None, and ``because`` says why a number is None.
    """
    beside = zip(
        compute_quality(judged),
        _measure_intervals(judged, resampling),
        _baseline_f1s(judged, baselines or {}),
        _ceiling_f1s(judged, ceiling),
        strict=True,
    )
    return [
        _quality_columns(quality, bounds, names or {})
        | {f"{name}_f1": f1 for name, f1 in theirs.items()}
        | {"ceiling_f1": highest}
        | _verdict_columns(quality, bounds, theirs, rule)
        for quality, bounds, theirs, highest in beside
    ]


def quality_rows(
    judged: Predictions, *, names: Mapping[str, str] | None = None, resampling: Resampling = Resampling()
) -> list[Row]:
    """Return the numbers of each pool with their intervals: also those of one coder beside another.

    Returns
    -------
    list of dict
        level (code, family, all, mean), code, name, units, transcripts, codings, suggested, right, codes (how many
        occur), precision, recall, f1, each with _low and _high, average_precision, because. Numbers without a value
        are None, with the reason in ``because``.
    """
    return [
        _quality_columns(quality, bounds, names or {}) | {"because": _reasons(quality, bounds)}
        for quality, bounds in zip(compute_quality(judged), _measure_intervals(judged, resampling), strict=True)
    ]


def difference_rows(
    judged: Predictions, baselines: Mapping[str, Predictions], *, resampling: Resampling = Resampling()
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
            "f1": ours,
            "baseline_f1": theirs,
            "difference": found.value,
            "difference_low": found.interval.low,
            "difference_high": found.interval.high,
            "not_better": found.not_better,
            "draws": found.interval.draws,
        }
        for name, other in baselines.items()
        for pool, ours, theirs, found in zip(
            list_pools(judged.codes),
            _f1s(judged),
            _f1s(other),
            compute_differences(judged, other, resampling=resampling),
            strict=True,
        )
    ]


def learning_curve_rows(repeats: Mapping[int, Sequence[Predictions]]) -> list[Row]:
    """Return how F1 grows with the number of transcripts learnt from.

    Parameters
    ----------
    repeats
        By number of transcripts learnt from, several choices of that many, each judged over units not learnt from.

    Returns
    -------
    list of dict
        transcripts, repeats, and of micro_f1 (all codes pooled), macro_f1 (mean over codes that occur) and codes
        (how many occur) the mean, with _min and _max. Repeats in which an F1 is not defined are left out of it; None
        over none. The range is over choices of transcripts: it is not an interval.

    Examples
    --------
    Learnt from one transcript, two choices: the first finds the coding, the second does not.

    >>> import numpy as np
    >>> yes, no = np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)
    >>> good, bad = (Judged(("f/a",), ("S",), np.array([0]), yes, yes, one * 0.9, one) for one in (yes, no))
    >>> [(row["micro_f1"], row["micro_f1_min"], row["micro_f1_max"]) for row in learning_curve({1: [good, bad]})]
    [(0.5, 0.0, 1.0)]
    """
    return [
        {"transcripts": transcripts, "repeats": len(found), **_over_repeats(found)}
        for transcripts, found in sorted(repeats.items())
    ]


def _over_repeats(found: Sequence[Predictions]) -> Row:
    """Return mean and range of micro F1, macro F1 and number of codes that occur."""
    f1s = [_f1s(judged)[-2:] for judged in found]
    codes = [int((judged.counts.sum_transcripts().codings > 0).sum()) for judged in found]
    return {
        **_range_columns("micro_f1", [micro for micro, _ in f1s]),
        **_range_columns("macro_f1", [macro for _, macro in f1s]),
        **_range_columns("codes", codes),
    }


def _pool_columns(pool: Pool) -> Row:
    return {"level": pool.level, "code": pool.id}


def _quality_columns(quality: Quality, bounds: Bounds, names: Mapping[str, str]) -> Row:
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
    for name, bound in bounds.items():
        row |= {name: getattr(quality, name).value, f"{name}_low": bound.low, f"{name}_high": bound.high}
    return row | {"average_precision": quality.average_precision.value}


def _measure_intervals(judged: Predictions, how: Resampling) -> list[Bounds]:
    """Return the intervals of precision, recall and F1 for each pool."""
    found = [compute_intervals(judged, measure=measure, resampling=how) for measure in MEASURES.values()]
    return [dict(zip(MEASURES, each, strict=True)) for each in zip(*found, strict=True)]


def _reasons(quality: Quality, bounds: Bounds) -> str:
    """Return why numbers and intervals are missing, each reason once."""
    ratios = (quality.precision, quality.recall, quality.f1, quality.average_precision)
    reasons = [ratio.because for ratio in ratios]
    reasons += [bound.because for name, bound in bounds.items() if not getattr(quality, name).because]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _verdict_columns(quality: Quality, bounds: Bounds, baselines: Mapping[str, float | None], rule: VerdictRule) -> Row:
    """Return a code's verdict and why; for several codes there is none."""
    if quality.pool.level != "code":
        return {"verdict": None, "because": _reasons(quality, bounds)}
    found = decide_verdict(quality, interval=bounds["f1"], baselines=baselines, rule=rule)
    return {"verdict": found.verdict, "because": found.because}


def _baseline_f1s(judged: Predictions, others: Mapping[str, Predictions]) -> list[dict[str, float | None]]:
    """Return for each pool the F1 of each baseline."""
    for other in others.values():
        check_same_units(judged, other)
    f1s = {name: _f1s(other) for name, other in others.items()}
    return [{name: values[place] for name, values in f1s.items()} for place in range(len(list_pools(judged.codes)))]


def _ceiling_f1s(judged: Predictions, ceiling: Predictions | None) -> list[float | None]:
    """Return the F1 of one coder beside another for each pool; None without a second coder."""
    if ceiling is None:
        return [None for _ in list_pools(judged.codes)]
    if ceiling.codes != judged.codes:
        raise DifferentUnits("codes")
    return _f1s(ceiling)


def _f1s(judged: Predictions) -> list[float | None]:
    """Return the F1 of each pool; None where it is not defined."""
    found = measure_pools(judged.counts.sum_transcripts(), list_pools(judged.codes), measure=PredictionCounts.f1)
    return [None if isnan(value) else value for value in found.tolist()]


def _range_columns(name: str, values: Sequence[float | None]) -> Row:
    """Return the mean, least and most of what is defined."""
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else None
    return {name: mean, f"{name}_min": min(known, default=None), f"{name}_max": max(known, default=None)}
