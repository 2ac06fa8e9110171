"""How good learnt suggestions are, on the shipped study and on two sets that others have coded.

Published for pxtext (github.com/The-Strategy-Unit/pxtextmining, current_best_multilabel/v6_framework; by answer, 3,455
answers held out at random, 44 codes, "Labelling not possible" with F1 1 by a rule): micro F1 .70 (SVC on tf-idf), .72
(XGBoost), .72 (DistilBERT); macro F1 .58, .51, .58. What we have is another part of that set, ours leaves respondents
out, and answers that were not given are no units: the figures stand beside each other, they are no comparison.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import sets
from qualcode import Project
from qualcode.evaluation.baselines import make_baselines
from qualcode.evaluation.cross_validation import ScoringMethod
from qualcode.evaluation.evaluation_data import EvaluationData, load_evaluation_data, load_or_compute_scores
from qualcode.evaluation.metrics import (
    PredictionCounts,
    Predictions,
    compute_calibration,
    compute_intervals,
    compute_quality,
)
from qualcode.evaluation.reading_orders import ALL_CODES, MEAN_OF_CODES, ReadingOrders, work_rows
from qualcode.suggest.suggestion_request import LEARNER


def shipped(_folder: Path) -> Project:
    """Return the study that the repository is."""
    return Project(".")


SETS: dict[str, Callable[[Path], Project]] = {"shipped": shipped, "gennovate": sets.gennovate, "pxtext": sets.pxtext}


def run() -> Iterator[str]:
    """Yield the figures of the sets that are there, learner and baselines, by sentence and by turn."""
    for name, make in SETS.items():
        if make is not shipped and not (sets.REAL / name).is_dir():
            yield f"{name}: not here ({sets.REAL / name})"
            continue
        with tempfile.TemporaryDirectory() as folder:
            yield from of(name, make(Path(folder)))


def of(name: str, project: Project) -> Iterator[str]:
    """Yield the figures of one study."""
    on = load_evaluation_data(project.study, None)
    taught = on.training_set.labelled_corpus.labels
    yield (
        f"{name}: {len(on.codes)} codes, {len(taught.group):,} sentences of {len(on.finished_groups):,} transcripts or cases, "
        f"{taught.truth.mean(axis=0).sum():.2f} codings a sentence"
    )
    makers = {
        LEARNER: on.make_learner_method,
        **{one: _giving(found.method) for one, found in make_baselines().items()},
    }
    for maker, make in makers.items():
        began = time.process_time()
        judged = on.to_predictions(load_or_compute_scores(on, maker, make))
        cost = time.process_time() - began
        yield f"  {maker}, by sentence: {_figures(judged)}; {cost:.0f} CPU s"
        yield f"  {maker}, by turn: {_figures(by_turn(on, judged))}"
        yield f"  {maker}: {_work(judged)}"
    if not any(code.cues for code in on.training_set.labelled_corpus.book.codes):
        yield "  this codebook has no cues, so cues alone find nothing"
    yield f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def _giving(held: ScoringMethod) -> Callable[[], ScoringMethod]:
    return lambda: held


def by_turn(on: EvaluationData, judged: Predictions) -> Predictions:
    """Return the same by whole turns: a turn has a code, a score and a suggestion where any of its sentences has."""
    turns, first, place = np.unique(on.training_set.labelled_corpus.corpus.turn, return_index=True, return_inverse=True)

    def any_of(values: Any) -> Any:
        found = np.zeros((len(turns), len(judged.codes)), dtype=values.dtype)
        np.maximum.at(found, place.ravel(), values)
        return found

    return replace(
        judged,
        transcript=judged.transcript[first],
        truth=any_of(judged.truth),
        asked=any_of(judged.asked),
        score=any_of(judged.score),
        chosen=any_of(judged.chosen),
    )


def _figures(judged: Predictions) -> str:
    """Return micro and macro F1 with intervals, and what the scores are worth."""
    pooled, mean = compute_quality(judged)[-2:]
    bounds = compute_intervals(judged, measure=PredictionCounts.f1)[-2:]
    said = [
        f"{name} F1 {one.f1.value or 0:.3f} ({bound.low or 0:.3f} to {bound.high or 0:.3f})"
        for name, one, bound in zip(("micro", "macro"), (pooled, mean), bounds, strict=True)
    ]
    eces = [compute_calibration(judged, over=over).ece or 0 for over in ("suggested", "asked")]
    precision, recall = pooled.precision.value or 0, pooled.recall.value or 0
    return (
        f"{', '.join(said)} over {mean.codes} codes, precision {precision:.3f}, recall {recall:.3f}, average precision "
        f"{pooled.average_precision.value or 0:.3f}, ECE {eces[0]:.3f} of suggestions, {eces[1]:.4f} of all"
    )


def _work(judged: Predictions) -> str:
    rows = work_rows(
        [ReadingOrders(judged, {"its order": judged.score, "perfect": judged.truth.astype(np.float64)}, "")]
    )
    found = {(row["reading"], row["order"]): row["unread"] or 0 for row in rows}
    return "; ".join(
        f"left unread {reading}: {found[reading, 'its order']:.2f} (perfect {found[reading, 'perfect']:.2f})"
        for reading in (ALL_CODES, MEAN_OF_CODES)
    )
