"""The results of an evaluation as sentences, and notes on how they were computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.errors import format_share
from qualcode.evaluation.evaluation_data import EvaluationData
from qualcode.evaluation.reading_orders import ALL_CODES, MEAN_OF_CODES, RECALL_TARGET
from qualcode.suggest.metrics import Predictions, Resampling, VerdictRule, compute_calibration
from qualcode.suggest.suggestion_request import LEARNER

Rows = list[dict[str, Any]]

_READINGS = {
    ALL_CODES: "for all codes at once (sentences with the most expected codings first)",
    MEAN_OF_CODES: "for one code at a time (its most likely sentences first; mean over codes, weighted by codings)",
}


@dataclass(frozen=True)
class EvaluationRows:
    """All results of an evaluation as rows, and what they were computed from."""

    codes: Rows
    second_coder_rows: Rows
    work: Rows
    curve: Rows
    predictions: Predictions
    second_coder: str
    """Name of the second coder; empty without one."""
    data: EvaluationData
    rule: VerdictRule
    resampling: Resampling


def summarise(results: EvaluationRows) -> Iterator[str]:
    """Yield the overall results, a sentence each."""
    pooled, mean = results.codes[-2:]  # in the order of `list_pools`
    yield (
        f"All codes pooled: F1 {_format_interval(pooled, 'f1')}, precision {_format_number(pooled['precision'])}, "
        f"recall {_format_number(pooled['recall'])}, average precision {_format_number(pooled['average_precision'])}."
    )
    yield f"Mean over the codes that occur ({mean['codes']}): F1 {_format_interval(mean, 'f1')}."
    yield (
        f"Baselines, F1 of all codes pooled: cues alone {_format_number(pooled['cues_f1'])}, tf-idf "
        f"{_format_number(pooled['tfidf_f1'])}, base rate {_format_number(pooled['base_rate_f1'])}."
    )
    yield _second_coder_sentence(results)
    yield from _work_sentences(results)
    yield _calibration_sentence(results.predictions)


def evaluation_notes(results: EvaluationRows) -> Iterator[str]:
    """Yield how the results were computed: unit, coder, base, cross-validation, baselines, intervals, rule."""
    predictions, data = results.predictions, results.data
    yield (
        f"unit sentence; coder {data.coder}; {len(data.codes)} codes, {int(predictions.coded.sum()):,} codings "
        f"(each code of a sentence counts), {data.describe_base(predictions)}"
    )
    yield "cross-validation: vocabulary, weights and thresholds come from the training folds alone"
    yield (
        "baselines, on the same sentences: cues alone (threshold from the training folds), tf-idf of the sentence "
        "alone with one logistic regression per code, base rate of the code (every sentence is suggested)"
    )
    yield (
        f"intervals: {100 * results.resampling.level:.0f} % percentile bootstrap, {results.resampling.draws:,} draws "
        f"of {predictions.sampling_unit}; the range in the learning curve is over random subsets, not an interval"
    )
    yield (
        "reading saved is known only afterwards: during reading nobody knows how many codings are still to be found; "
        "ties (a second coder's marks have only two values) are broken at random"
    )
    yield f"verdicts: {results.rule}"


def _second_coder_sentence(results: EvaluationRows) -> str:
    if not results.second_coder:
        return "No second coder has finished the same transcripts, so there is no second-coder benchmark."
    pooled = results.second_coder_rows[-2]
    return (
        f"Second-coder benchmark: {results.second_coder} compared with {results.data.coder} has F1 "
        f"{_format_interval(pooled, 'f1')} on the sentences that both have finished ({pooled['units']:,}); the learner "
        f"has {_format_number(pooled['learner_f1'])} on the same sentences."
    )


def _work_sentences(results: EvaluationRows) -> Iterator[str]:
    """Yield the reading saved in two ways of reading, and how much a perfect order would save."""
    predictions = results.predictions
    units, coded = int(predictions.evaluated.any(axis=1).sum()), int(predictions.coded.any(axis=1).sum())
    unread = {(row["reading"], row["over"], row["order"]): row["unread"] for row in results.work}
    for reading, meaning in _READINGS.items():
        saved = _format_unread(unread, reading, "finished", (LEARNER, "tfidf", "cues", "perfect"))
        yield f"Reading saved at {100 * RECALL_TARGET:.0f} % recall {meaning}, by order: {saved}."
        if results.second_coder:
            saved = _format_unread(unread, reading, "both coders", (LEARNER, results.second_coder, "perfect"))
            yield f"The same on the sentences that both coders have finished: {saved}."
    if units:
        yield (
            f"{coded:,} of {units:,} sentences ({100 * coded / units:.0f} %) have a coding, so even a perfect order "
            f"saves at most {_format_percent(unread[ALL_CODES, 'finished', 'perfect'])} for all codes at once."
        )


def _format_unread(
    unread: Mapping[tuple[str, str, str], float | None], reading: str, over: str, orders: Sequence[str]
) -> str:
    return ", ".join(f"{order} {_format_percent(unread[reading, over, order])}" for order in orders)


def _calibration_sentence(predictions: Predictions) -> str:
    # Both, since nearly all cells are uncoded with a score near 0, which makes the error over all cells look small.
    shown, all_cells = (compute_calibration(predictions, over=over) for over in ("suggested", "asked"))
    if shown.ece is None:
        return "Calibration: nothing was suggested."
    right = (predictions.coded & predictions.suggested).sum() / predictions.suggested.sum()
    mean = predictions.score[predictions.suggested].mean()
    return (
        f"Calibration: suggestions have a mean score of {format_share(mean)}, and {format_share(right)} of them are "
        f"right; expected calibration error {shown.ece:.3f} for shown suggestions, {all_cells.ece or 0:.3f} over all "
        "sentence-code pairs."
    )


def _format_interval(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{_format_number(row[name])}" + (
        f" ({format_share(low)} to {format_share(high)})" if low is not None else " (no interval)"
    )


def _format_number(value: float | None) -> str:
    return format_share(value) or "none"


def _format_percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"
