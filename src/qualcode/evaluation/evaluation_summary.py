"""The figures of an evaluation in sentences, each with its unit and what it was counted over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.evaluation.evaluation_data import EvaluationData
from qualcode.evaluation.metrics import Predictions, Resampling, VerdictRule, compute_calibration
from qualcode.evaluation.reading_orders import ALL_CODES, MEAN_OF_CODES, RECALL_TARGET
from qualcode.suggest.suggestion_request import LEARNER

Rows = list[dict[str, Any]]

_READINGS = {
    ALL_CODES: "for all codes at once, sentences with the most expected codings first",
    MEAN_OF_CODES: "for one code at a time, its best sentences first (mean over codes by their codings)",
}


@dataclass(frozen=True)
class EvaluationRows:
    """All figures of an evaluation as rows, and what they were made from."""

    codes: Rows
    ceiling: Rows
    work: Rows
    curve: Rows
    predictions: Predictions
    second_coder: str
    data: EvaluationData
    rule: VerdictRule
    resampling: Resampling


def summarise(figures: EvaluationRows) -> Iterator[str]:
    """Yield the overall figures, a sentence each."""
    pooled, mean = figures.codes[-2:]
    yield (
        f"All codes pooled: F1 {_format_interval(pooled, 'f1')}, precision {_format_number(pooled['precision'])}, recall "
        f"{_format_number(pooled['recall'])}, average precision {_format_number(pooled['average_precision'])}."
    )
    yield f"Mean over the {mean['codes']} codes that occur: F1 {_format_interval(mean, 'f1')}."
    yield (
        f"F1 of the baselines, all codes pooled: cues alone {_format_number(pooled['cues_f1'])}, tf-idf "
        f"{_format_number(pooled['tfidf_f1'])}, base rate {_format_number(pooled['base_rate_f1'])}."
    )
    yield from _ceiling_sentence(figures)
    yield from _work_sentences(figures)
    yield _calibration_sentence(figures.predictions)


def evaluation_notes(figures: EvaluationRows) -> Iterator[str]:
    """Yield what the figures are about: unit, coder, universe, split, baselines, intervals, rule."""
    from qualcode.evaluation.cross_validation import FOLDS

    ours, on = figures.predictions, figures.data
    units = int(ours.asked.any(axis=1).sum())
    many = len(on.finished_groups)
    yield (
        f"unit sentence; coder {on.training_set.coder}; {int(ours.coded.sum()):,} codings (a sentence with a code), {units:,} "
        f"participants' sentences of {many} {ours.sampling_unit} that {on.training_set.coder} has finished; {len(on.codes)} codes"
    )
    parts = min(FOLDS, many)
    yield (
        f"split by {ours.sampling_unit[:-1]} into {parts} parts: each is judged after learning from the others alone, "
        "thresholds included; nothing is judged by what it was learnt from"
    )
    yield (
        "baselines, over the same sentences: cues alone (threshold chosen in the part learnt from), tf-idf of the "
        "sentence alone with a logistic regression for each code, the code's base rate (every sentence is suggested)"
    )
    yield (
        f"intervals hold {100 * figures.resampling.level:.0f} % of {figures.resampling.draws:,} draws of {ours.sampling_unit}; the range "
        "in the curve is over choices of them, which is no interval"
    )
    yield (
        "left unread is known in hindsight only: who reads on does not know how much is still to be found; sentences "
        "of one score (a second coder's marks have two) are read as the lot falls"
    )
    yield str(figures.rule)


def _ceiling_sentence(figures: EvaluationRows) -> Iterator[str]:
    if not figures.second_coder:
        yield "Nobody else has finished the same transcripts, so there is no human ceiling to compare with."
        return
    pooled = figures.ceiling[-2]
    yield (
        f"Human ceiling: {figures.second_coder} beside {figures.data.training_set.coder} has F1 {_format_interval(pooled, 'f1')} over the "
        f"{pooled['units']:,} sentences that both were asked; the learner has {_format_number(pooled['learner_f1'])} there."
    )


def _work_sentences(figures: EvaluationRows) -> Iterator[str]:
    """Yield what two ways of reading save, and what no order could save."""
    ours = figures.predictions
    units, coded = int(ours.asked.any(axis=1).sum()), int(ours.coded.any(axis=1).sum())
    found = {(row["reading"], row["over"], row["order"]): row["unread"] for row in figures.work}
    for reading, meaning in _READINGS.items():
        named = _format_unread(found, reading, "finished", (LEARNER, "tfidf", "cues", "perfect"))
        yield f"Left unread when {100 * RECALL_TARGET:.0f} % of codings are found, reading {meaning}: {named}."
        if figures.second_coder:
            named = _format_unread(found, reading, "both coders", (LEARNER, figures.second_coder, "perfect"))
            yield f"The same in the sentences that both coders were asked: {named}."
    if units:
        yield (
            f"{coded:,} of {units:,} sentences ({100 * coded / units:.0f} %) have a coding, so even a perfect order "
            f"leaves no more than {_format_percent(found[ALL_CODES, 'finished', 'perfect'])} unread for all codes at once."
        )


def _format_unread(
    found: Mapping[tuple[str, str, str], float | None], reading: str, over: str, orders: Sequence[str]
) -> str:
    return ", ".join(f"{order} {_format_percent(found[reading, over, order])}" for order in orders)


def _calibration_sentence(judged: Predictions) -> str:
    seen, every = (compute_calibration(judged, over=over) for over in ("suggested", "asked"))
    if seen.ece is None:
        return "Calibration: nothing was suggested."
    right = (judged.coded & judged.suggested).sum() / judged.suggested.sum()
    mean = judged.score[judged.suggested].mean()
    return (
        f"Calibration: suggestions have a mean score of {mean:.2f}, and {right:.2f} of them are "
        f"right; score and share right are {seen.ece:.3f} apart (ECE), {every.ece or 0:.3f} over all cells asked."
    )


def _format_interval(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{_format_number(row[name])}" + (f" ({low:.2f} to {high:.2f})" if low is not None else " (no interval)")


def _format_number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _format_percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"
