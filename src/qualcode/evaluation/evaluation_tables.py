"""How good suggestions learnt from a coder would be on transcripts not learnt from: every table of `evaluate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.evaluation_data import (
    EvaluationData,
    SecondCoder,
    choose_second_coder,
    code_columns,
    load_evaluation_data,
    load_or_compute_rows,
    load_or_compute_scores,
    restrict_predictions,
)
from qualcode.evaluation.evaluation_summary import EvaluationRows, evaluation_notes, summarise
from qualcode.evaluation.learning_curve import compute_learning_curve
from qualcode.evaluation.metrics import (
    Predictions,
    Resampling,
    VerdictRule,
    calibration_rows,
    difference_rows,
    evaluation_rows,
    quality_rows,
)
from qualcode.evaluation.reading_orders import WORK_COLUMNS, ReadingOrders, work_rows
from qualcode.model import family_of
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import LEARNER

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.evaluation.baselines import Baseline

UNIT = "sentence"
CALIBRATION_COLUMNS = "over bin from to predictions mean_score share_right".split()
DIFFERENCE_COLUMNS = (
    "level code baseline f1 baseline_f1 difference difference_low difference_high not_better draws".split()
)
CURVE_COLUMNS = (
    "transcripts repeats micro_f1 micro_f1_min micro_f1_max macro_f1 macro_f1_min macro_f1_max "
    "codes codes_min codes_max"
).split()
_CODE_COLUMNS = (
    "level code name units {sampled} codings suggested right codes precision precision_low precision_high "
    "recall recall_low recall_high f1 f1_low f1_high average_precision cues_f1 tfidf_f1 base_rate_f1 ceiling_f1 "
    "verdict because unit coder"
)
_CEILING_COLUMNS = (
    "level code name units {sampled} codings suggested right codes precision precision_low precision_high "
    "recall recall_low recall_high f1 f1_low f1_high learner_f1 because unit coder second"
)


@dataclass(frozen=True)
class Evaluation:
    """How good suggestions were, as tables and in sentences."""

    codes: pd.DataFrame
    """A line a code, a family, all codes pooled and the mean over codes: beside baselines, with a verdict."""
    calibration: pd.DataFrame
    """Scores by tenths, and the share right in each."""
    differences: pd.DataFrame
    """How much better F1 is than that of each baseline, over the same draws of transcripts."""
    curve: pd.DataFrame
    """F1 by the number of finished transcripts learnt from."""
    work: pd.DataFrame
    """How many sentences may be left unread, by reading and order."""
    ceiling: pd.DataFrame
    """The second coder judged by the first; no line where there is none."""
    summary: tuple[str, ...]
    """The figures in sentences."""
    notes: tuple[str, ...]
    """Unit, coder, universe, how it was split, and the rule of the verdict."""


@dataclass(frozen=True)
class _ComparedPredictions:
    """What all makers said, laid beside the codings."""

    data: EvaluationData
    learner: Predictions
    baselines: Mapping[str, Predictions]
    second_coder: SecondCoder | None


def evaluate(study: Study, *, coder: str | None, code: Sequence[str], second: str | None, curve: bool) -> Evaluation:
    """Return how good suggestions learnt from a coder's decisions are, on transcripts not learnt from."""
    only = select_code_ids(study.codebook, code)
    on = load_evaluation_data(study, coder)
    tried = _compare_methods(on, second)
    figures = _compute_rows(tried, load_learning_curve(on) if curve else [])
    return _build_tables(tried, figures, _CodeFilter(on, only))


def load_learning_curve(on: EvaluationData) -> list[dict[str, Any]]:
    """Return the learning curve, from the cache if it is there."""
    return load_or_compute_rows(on, "curve", lambda: compute_learning_curve(on))


def _compare_methods(on: EvaluationData, second: str | None) -> _ComparedPredictions:
    from qualcode.evaluation.baselines import make_baselines

    ours = on.to_predictions(load_or_compute_scores(on, LEARNER, on.make_learner_method))
    others = {
        name: on.to_predictions(load_or_compute_scores(on, name, _method_getter(found)))
        for name, found in make_baselines().items()
    }
    return _ComparedPredictions(on, ours, others, choose_second_coder(on, second))


def _method_getter(found: Baseline) -> Any:
    return lambda: found.method


def _compute_rows(tried: _ComparedPredictions, curve: list[dict[str, Any]]) -> EvaluationRows:
    """Return all figures as rows."""
    how, book = Resampling(), tried.data.study.codebook
    names = {code.id: code.name for code in book.codes} | {family.id: family.name for family in book.families}
    ceiling = tried.second_coder.predictions if tried.second_coder else None
    rule = VerdictRule()
    return EvaluationRows(
        codes=evaluation_rows(
            tried.learner, names=names, baselines=tried.baselines, ceiling=ceiling, rule=rule, resampling=how
        ),
        ceiling=_ceiling_rows(tried, names),
        work=work_rows(_list_reading_orders(tried)),
        curve=curve,
        predictions=tried.learner,
        second_coder=tried.second_coder.coder if tried.second_coder else "",
        data=tried.data,
        rule=rule,
        resampling=how,
    )


def _ceiling_rows(tried: _ComparedPredictions, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the second coder's numbers, beside the learner's F1 over the same cells."""
    if tried.second_coder is None:
        return []
    theirs = tried.second_coder.predictions
    ours = quality_rows(restrict_predictions(tried.learner, theirs.asked), names=names)
    named = {"second": tried.second_coder.coder}
    judged = replace(theirs, sampling_unit=tried.learner.sampling_unit)
    return [
        row | {"learner_f1": mine["f1"]} | named
        for row, mine in zip(quality_rows(judged, names=names), ours, strict=True)
    ]


def _list_reading_orders(tried: _ComparedPredictions) -> list[ReadingOrders]:
    ours, other = tried.learner, tried.baselines
    perfect = ours.truth.astype(np.float64)
    every = {
        LEARNER: ours.score,
        "tfidf": other["tfidf"].score,
        "cues": other["cues"].score,
        "perfect": perfect,
    }
    found = [ReadingOrders(ours, every, "finished")]
    if tried.second_coder is not None:
        theirs = tried.second_coder.predictions
        both = {LEARNER: ours.score, tried.second_coder.coder: theirs.score, "perfect": perfect}
        found.append(ReadingOrders(restrict_predictions(ours, theirs.asked), both, "both coders"))
    return found


class _CodeFilter:
    """Keeps the rows of the codes asked for: those codes, their families, and what is over all."""

    def __init__(self, on: EvaluationData, only: Sequence[str]) -> None:
        self.codes = {on.codes[place] for place in code_columns(on, only)}
        self._kept = self.codes | {family_of(code) for code in self.codes} | {""}

    def filter_rows(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in found if row["code"] in self._kept]


def _build_tables(tried: _ComparedPredictions, figures: EvaluationRows, only: _CodeFilter) -> Evaluation:
    """Return the figures as tables, those of the codes asked for."""
    from qualcode.tables import make_frame

    sampled = tried.learner.sampling_unit
    named = {"unit": UNIT, "coder": tried.data.training_set.coder}

    def table(found: list[dict[str, Any]], wanted: Sequence[str]) -> pd.DataFrame:
        return make_frame(({**row, **named} for row in found), wanted)

    return Evaluation(
        codes=table(only.filter_rows(figures.codes), _CODE_COLUMNS.format(sampled=sampled).split()),
        calibration=table(calibration_rows(tried.learner), CALIBRATION_COLUMNS),
        differences=table(
            only.filter_rows(difference_rows(tried.learner, tried.baselines, resampling=figures.resampling)),
            DIFFERENCE_COLUMNS,
        ),
        curve=table(figures.curve, CURVE_COLUMNS),
        work=table(only.filter_rows(figures.work), WORK_COLUMNS),
        ceiling=table(only.filter_rows(figures.ceiling), _CEILING_COLUMNS.format(sampled=sampled).split()),
        summary=tuple(summarise(figures)),
        notes=tuple(evaluation_notes(figures)),
    )
