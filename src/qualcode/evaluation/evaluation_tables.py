"""All tables of `evaluate`: how good suggestions are on transcripts that the learner was not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.evaluation_data import (
    EvaluationData,
    SecondCoder,
    choose_second_coder,
    code_columns,
    load_evaluation_data,
    load_learner_predictions,
    load_or_compute_rows,
    load_or_compute_scores,
    restrict_predictions,
)
from qualcode.evaluation.evaluation_summary import EvaluationRows, evaluation_notes, summarise
from qualcode.evaluation.learning_curve import compute_learning_curve
from qualcode.evaluation.reading_orders import WORK_COLUMNS, ReadingOrders, work_rows
from qualcode.files import display_html, escape_html
from qualcode.model import family_of
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.metrics import (
    Predictions,
    Resampling,
    VerdictRule,
    calibration_rows,
    difference_rows,
    evaluation_rows,
    quality_rows,
)
from qualcode.suggest.suggestion_request import LEARNER

if TYPE_CHECKING:
    import pandas as pd

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
_DISPLAYED_COLUMNS = (
    "code name codings precision recall f1 f1_low f1_high average_precision cues_f1 ceiling_f1 verdict because"
).split()
"""What a notebook shows of the codes; their table has all columns."""
_SECOND_CODER_COLUMNS = (
    "level code name units {sampled} codings suggested right codes precision precision_low precision_high "
    "recall recall_low recall_high f1 f1_low f1_high learner_f1 because unit coder second"
)


@dataclass(frozen=True)
class Evaluation:
    """How good suggestions are, as tables and in sentences."""

    codes: pd.DataFrame
    """A row for each code, each family, all codes pooled and the mean over codes: with baselines and a verdict."""
    calibration: pd.DataFrame
    """Scores by tenths, and the share right in each."""
    differences: pd.DataFrame
    """How much better F1 is than that of each baseline, over the same draws of transcripts."""
    curve: pd.DataFrame
    """F1 by the number of finished transcripts in the training set."""
    work: pd.DataFrame
    """How many sentences can be left unread, by reading and order."""
    ceiling: pd.DataFrame
    """The second-coder benchmark: the second coder compared with the first; empty without a second coder."""
    summary: tuple[str, ...]
    """The main results in sentences."""
    notes: tuple[str, ...]
    """Unit, coder, base, cross-validation, and the rule of the verdicts."""

    def _repr_html_(self) -> str:
        from qualcode.tables import table_html

        summary = (f"<p>{escape_html(sentence)}</p>" for sentence in self.summary)
        return display_html(*summary, table_html(self.codes[_DISPLAYED_COLUMNS], self.notes))


@dataclass(frozen=True)
class _ComparedPredictions:
    """The predictions of all scoring methods and of a second coder."""

    data: EvaluationData
    learner: Predictions
    baselines: Mapping[str, Predictions]
    second_coder: SecondCoder | None


def evaluate(study: Study, *, coder: str | None, code: Sequence[str], second: str | None, curve: bool) -> Evaluation:
    """Return how good the suggestions of a learner trained on a coder's decisions are, by cross-validation.

    Raises
    ------
    OperationError
        If too few transcripts are finished.
    UnknownNameError
        If a code or the second coder is unknown.
    """
    selected = select_code_ids(study.codebook, code)
    data = load_evaluation_data(study, coder)
    compared = _compare_methods(data, second)
    results = _compute_rows(compared, load_learning_curve(data) if curve else [])
    return _build_tables(compared, results, selected)


def load_learning_curve(data: EvaluationData) -> list[dict[str, Any]]:
    """Return the learning curve, from the cache if it is there."""
    return load_or_compute_rows(data, "curve", lambda: compute_learning_curve(data))


def _compare_methods(data: EvaluationData, second: str | None) -> _ComparedPredictions:
    from qualcode.evaluation.baselines import make_baselines

    learner, methods = load_learner_predictions(data), make_baselines()
    baselines = {
        name: data.to_predictions(load_or_compute_scores(data, name, partial(methods.__getitem__, name)))
        for name in methods
    }
    return _ComparedPredictions(data, learner, baselines, choose_second_coder(data, second))


def _compute_rows(compared: _ComparedPredictions, curve: list[dict[str, Any]]) -> EvaluationRows:
    """Return all results as rows."""
    codebook, second_coder = compared.data.study.codebook, compared.second_coder
    names = {code.id: code.name for code in codebook.codes} | {family.id: family.name for family in codebook.families}
    rule, resampling = VerdictRule(), Resampling()
    return EvaluationRows(
        codes=evaluation_rows(
            compared.learner,
            names=names,
            baselines=compared.baselines,
            second_coder=second_coder.predictions if second_coder else None,
            rule=rule,
            resampling=resampling,
        ),
        second_coder_rows=_second_coder_rows(compared.learner, second_coder, names) if second_coder else [],
        work=work_rows(_list_reading_orders(compared)),
        curve=curve,
        predictions=compared.learner,
        second_coder=second_coder.coder if second_coder else "",
        data=compared.data,
        rule=rule,
        resampling=resampling,
    )


def _second_coder_rows(
    learner: Predictions, second_coder: SecondCoder, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the second coder's numbers, with the learner's F1 over the same cells."""
    # `compare_coders` does not know the sampling unit, which names a column of the table.
    second = replace(second_coder.predictions, sampling_unit=learner.sampling_unit)
    learner_rows = quality_rows(restrict_predictions(learner, second.evaluated), names=names)
    return [
        row | {"learner_f1": learner_row["f1"], "second": second_coder.coder}
        for row, learner_row in zip(quality_rows(second, names=names), learner_rows, strict=True)
    ]


def _list_reading_orders(compared: _ComparedPredictions) -> list[ReadingOrders]:
    learner, baselines, second_coder = compared.learner, compared.baselines, compared.second_coder
    perfect = learner.truth.astype(np.float64)
    scores = {
        LEARNER: learner.score,
        "tfidf": baselines["tfidf"].score,
        "cues": baselines["cues"].score,
        "perfect": perfect,
    }
    orders = [ReadingOrders(learner, scores, "finished")]
    if second_coder is not None:
        second = second_coder.predictions
        scores = {LEARNER: learner.score, second_coder.coder: second.score, "perfect": perfect}
        # The learner is measured again on the shared cells, since the two would not be comparable on different ones.
        orders.append(ReadingOrders(restrict_predictions(learner, second.evaluated), scores, "both coders"))
    return orders


def _build_tables(compared: _ComparedPredictions, results: EvaluationRows, selected: Sequence[str]) -> Evaluation:
    """Return the results as tables, with the rows of the selected codes, their families, and all codes together."""
    from qualcode.tables import make_frame

    data, sampled = compared.data, compared.learner.sampling_unit
    codes = {data.codes[column] for column in code_columns(data, selected)}
    # Rows over all codes have an empty id. They are computed over all codes, whatever is selected.
    shown = codes | {family_of(code) for code in codes} | {""}

    def make_table(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
        return make_frame(({**row, "unit": UNIT, "coder": data.coder} for row in rows), columns)

    def make_code_table(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
        return make_table([row for row in rows if row["code"] in shown], columns)

    differences = difference_rows(compared.learner, compared.baselines, resampling=results.resampling)
    second_coder_columns = _SECOND_CODER_COLUMNS.format(sampled=sampled).split()
    return Evaluation(
        codes=make_code_table(results.codes, _CODE_COLUMNS.format(sampled=sampled).split()),
        calibration=make_table(calibration_rows(compared.learner), CALIBRATION_COLUMNS),
        differences=make_code_table(differences, DIFFERENCE_COLUMNS),
        curve=make_table(results.curve, CURVE_COLUMNS),
        work=make_code_table(results.work, WORK_COLUMNS),
        ceiling=make_code_table(results.second_coder_rows, second_coder_columns),
        summary=tuple(summarise(results)),
        notes=tuple(evaluation_notes(results)),
    )
