"""Quality of the learner's suggestions on the shipped study and on two data sets that others have coded.

Published for pxtext (github.com/The-Strategy-Unit/pxtextmining, current_best_multilabel/v6_framework; by answer, 3,455
answers held out at random, 44 codes, "Labelling not possible" with F1 1 by a rule): micro F1 .70 (SVC on tf-idf), .72
(XGBoost), .72 (DistilBERT); macro F1 .58, .51, .58. These figures cannot be compared with ours: we have another part of
that data set, hold out respondents instead of answers, and do not count empty answers as units.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import sets
from qualcode import Project
from qualcode.evaluation.baselines import make_baselines
from qualcode.evaluation.cross_validation import ScoringMethod
from qualcode.evaluation.evaluation_data import EvaluationData, load_evaluation_data, load_or_compute_scores
from qualcode.evaluation.reading_orders import ALL_CODES, MEAN_OF_CODES, ReadingOrders, work_rows
from qualcode.suggest.metrics import (
    PredictionCounts,
    Predictions,
    compute_calibration,
    compute_intervals,
    compute_quality,
)
from qualcode.suggest.suggestion_request import LEARNER


def shipped(_folder: Path) -> Project:
    """Return the study that the repository is."""
    return Project(".")


SETS: dict[str, Callable[[Path], Project]] = {"shipped": shipped, "gennovate": sets.gennovate, "pxtext": sets.pxtext}


def run() -> Iterator[str]:
    """Yield the figures of the data sets that are present, learner and baselines, by sentence and by turn."""
    for name, make in SETS.items():
        if make is not shipped and not (sets.REAL / name).is_dir():
            yield f"{name}: not found in {sets.REAL / name}"
            continue
        with tempfile.TemporaryDirectory() as folder:
            yield from of(name, make(Path(folder)))


def of(name: str, project: Project) -> Iterator[str]:
    """Yield the figures of one study."""
    data = load_evaluation_data(project.study, None)
    labels, baselines = data.labels, make_baselines()
    yield (
        f"{name}: {len(data.codes)} codes, {len(labels.group):,} sentences of {len(data.finished_groups):,} "
        f"transcripts or cases, {labels.truth.mean(axis=0).sum():.2f} codings a sentence"
    )
    methods: dict[str, Callable[[], ScoringMethod]] = {
        LEARNER: data.make_learner_method,
        **{baseline: partial(baselines.__getitem__, baseline) for baseline in baselines},
    }
    for method, make_method in methods.items():
        began = time.process_time()
        predictions = data.to_predictions(load_or_compute_scores(data, method, make_method))
        cost = time.process_time() - began
        yield f"  {method}, by sentence: {_format_quality(predictions)}; {cost:.0f} CPU s"
        yield f"  {method}, by turn: {_format_quality(by_turn(data, predictions))}"
        yield f"  {method}: {_format_work(predictions)}"
    if not any(code.cues for code in data.training_set.labelled_corpus.book.codes):
        yield "  this codebook has no cues, so cues alone find nothing"
    yield f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def by_turn(data: EvaluationData, predictions: Predictions) -> Predictions:
    """Return predictions for whole turns: the maximum over the sentences of each turn."""
    turns, first, turn_of = np.unique(data.corpus.turn, return_index=True, return_inverse=True)

    def max_by_turn(values: Any) -> Any:
        highest = np.zeros((len(turns), len(predictions.codes)), dtype=values.dtype)
        np.maximum.at(highest, turn_of.ravel(), values)
        return highest

    return replace(
        predictions,
        transcript=predictions.transcript[first],
        truth=max_by_turn(predictions.truth),
        evaluated=max_by_turn(predictions.evaluated),
        score=max_by_turn(predictions.score),
        chosen=max_by_turn(predictions.chosen),
    )


def _format_quality(predictions: Predictions) -> str:
    """Return micro and macro F1 with intervals, precision, recall, average precision and calibration errors."""
    pooled, mean = compute_quality(predictions)[-2:]
    intervals = compute_intervals(predictions, measure=PredictionCounts.f1)[-2:]
    f1s = [
        f"{name} F1 {quality.f1.value or 0:.3f} ({interval.low or 0:.3f} to {interval.high or 0:.3f})"
        for name, quality, interval in zip(("micro", "macro"), (pooled, mean), intervals, strict=True)
    ]
    eces = [compute_calibration(predictions, over=over).ece or 0 for over in ("suggested", "asked")]
    precision, recall = pooled.precision.value or 0, pooled.recall.value or 0
    return (
        f"{', '.join(f1s)} over {mean.codes} codes, precision {precision:.3f}, recall {recall:.3f}, average precision "
        f"{pooled.average_precision.value or 0:.3f}, ECE {eces[0]:.3f} of suggestions, {eces[1]:.4f} of all"
    )


def _format_work(predictions: Predictions) -> str:
    """Return the reading saved by the order of the scores and by a perfect order."""
    scores = {"scores": predictions.score, "perfect": predictions.truth.astype(np.float64)}
    rows = work_rows([ReadingOrders(predictions, scores, "")])
    saved = {(row["reading"], row["order"]): row["unread"] or 0 for row in rows}
    return "; ".join(
        f"reading saved, {reading}: {saved[reading, 'scores']:.2f} (perfect order {saved[reading, 'perfect']:.2f})"
        for reading in (ALL_CODES, MEAN_OF_CODES)
    )
