"""A coder's sentences and labels for evaluation, with the held-out scores of methods, cached on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import MissingCoderError, OperationError, UnknownNameError, format_names, name_command
from qualcode.files import fill_atomically, parse_json, read_text, write_atomically
from qualcode.study.selection import select_counted_coders
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.learning.learner_cache import list_text_dependencies, load_embed_function, scores_key
from qualcode.suggest.learning.training_data import TrainingSet, build_training_set, compute_cue_scores
from qualcode.suggest.metrics import Predictions, VerdictRule, compare_coders
from qualcode.suggest.metrics.array_types import Flags, Indices
from qualcode.suggest.suggestion_request import LEARNER

if TYPE_CHECKING:
    from qualcode.evaluation.cross_validation import HeldOutScores, ScoringMethod
    from qualcode.suggest.learning import Corpus, Labels

MIN_EVALUATION_GROUPS = 3
"""Finished transcripts (or cases) that are needed: one is left out, and the learner needs two."""


@dataclass(frozen=True)
class EvaluationData:
    """A study's sentences with the labels of one coder, on which scoring methods are evaluated."""

    study: Study
    training_set: TrainingSet

    @property
    def coder(self) -> str:
        """The coder whose codings count as right."""
        return self.training_set.coder

    @property
    def corpus(self) -> Corpus:
        """The sentences of the study."""
        return self.training_set.labelled_corpus.corpus

    @property
    def labels(self) -> Labels:
        """What the coder decided on the sentences."""
        return self.training_set.labelled_corpus.labels

    @property
    def codes(self) -> tuple[str, ...]:
        """Ids of all codes, in the order of all columns."""
        return tuple(code.id for code in self.training_set.labelled_corpus.book.codes)

    @property
    def finished_groups(self) -> Indices:
        """Numbers of the groups in which anything is finished."""
        return self.labels.finished_groups

    @cached_property
    def cache_key(self) -> str:
        """A hash of everything that the scores depend on."""
        from qualcode.evaluation.cross_validation import FOLDS

        dependencies = list_text_dependencies(self.study, load_embed_function(self.study)[1])
        return scores_key(self.training_set.labelled_corpus, [FOLDS, *dependencies])

    def to_predictions(self, scores: HeldOutScores) -> Predictions:
        """Return scores with the coder's labels; only cells of finished families are evaluated."""
        return Predictions(
            codes=self.codes,
            transcripts=self.training_set.groups,
            transcript=self.labels.group,
            truth=self.labels.truth,
            evaluated=self.labels.finished,
            score=scores.score.clip(0, 1),
            chosen=scores.chosen,
            sampling_unit=self.training_set.sampling_unit,
        )

    def make_learner_method(self) -> ScoringMethod:
        """Return the learner as a scoring method, configured as for suggestions."""
        from qualcode.evaluation.cross_validation import make_learner_method
        from qualcode.suggest.cues.tokenizer import lemmatizer

        return make_learner_method(lemmatizer(self.study.settings.language), load_embed_function(self.study)[0])

    def describe_base(self, predictions: Predictions) -> str:
        """Return the number of evaluated sentences and the cross-validation as part of a note."""
        from qualcode.evaluation.cross_validation import FOLDS

        units, groups = int(predictions.evaluated.any(axis=1).sum()), len(self.finished_groups)
        return (
            f"{units:,} participants' sentences in {groups:,} finished {predictions.sampling_unit}; "
            f"{min(FOLDS, groups)}-fold cross-validation, grouped by {predictions.sampling_unit[:-1]}"
        )


def load_evaluation_data(study: Study, coder: str | None) -> EvaluationData:
    """Return the evaluation data of one coder.

    Raises
    ------
    OperationError
        If fewer than `MIN_EVALUATION_GROUPS` transcripts or cases are finished.
    MissingCoderError
        If no coder is given or set, and several have coded.
    """
    evaluated_coder = choose_evaluated_coder(study, coder)
    training_set = build_training_set(
        study,
        coder=evaluated_coder,
        score_cues=lambda corpus: compute_cue_scores(corpus, study.codebook, load_cue_suggestions(study)),
    )
    data = EvaluationData(study, training_set)
    count = len(data.finished_groups)
    if count < MIN_EVALUATION_GROUPS:
        raise OperationError(
            f"{evaluated_coder} has finished {count} {'transcript or case' if count == 1 else 'transcripts or cases'}: "
            f"evaluation needs at least {MIN_EVALUATION_GROUPS}; mark transcripts as finished with "
            f"{name_command('done')}"
        )
    return data


def choose_evaluated_coder(study: Study, coder: str | None) -> str:
    """Return whose codings count as right: the given coder, else the study's coder, else the only one there is.

    Raises
    ------
    MissingCoderError
        If several coders have coded and none is given or set.
    """
    coders = select_counted_coders(study, coder)
    if len(coders) > 1:
        raise MissingCoderError(coders, verb="evaluate")
    # An earlier reading, as ana@2026-01, can be counted; the model is trained on the decisions of now.
    if coders[0] not in study.coders:
        raise UnknownNameError("coder", coders[0], study.coders)
    return coders[0]


def list_missing(predictions: Predictions) -> list[str]:
    """Return a note on what is missing to judge codings: codings at all, or enough of each code; empty if nothing is.

    The limits are those of verdicts.
    """
    rule, codings = VerdictRule(), predictions.counts.codings
    if not codings.any():
        return [
            f"nothing is coded in finished transcripts: code more, and mark them as finished ({name_command('done')})"
        ]
    by_code, transcripts = codings.sum(axis=0), (codings > 0).sum(axis=0)
    few = np.flatnonzero((by_code < rule.min_codings) | (transcripts < rule.min_transcripts))
    if not len(few):
        return []
    names = [f"{predictions.codes[code]} ({by_code[code]})" for code in few]
    return [
        f"codes with fewer than {rule.min_codings} codings or in fewer than {rule.min_transcripts} finished "
        f"{predictions.sampling_unit}, whose probabilities say little: {format_names(names, limit=5)}; code and finish "
        "more transcripts"
    ]


def load_learner_predictions(data: EvaluationData) -> Predictions:
    """Return the learner's held-out predictions, from the cache if they are there."""
    return data.to_predictions(load_or_compute_scores(data, LEARNER, data.make_learner_method))


def load_or_compute_scores(data: EvaluationData, name: str, make_method: Callable[[], ScoringMethod]) -> HeldOutScores:
    """Return the held-out scores of a method for each finished group, from the cache if they are there."""
    from qualcode.evaluation.cross_validation import cross_validate
    from qualcode.evaluation.score_cache import read_scores, write_scores

    path = _cache_path(data, name, "parquet")
    # A missing or damaged file is computed again; pyarrow's errors for damaged files are ValueErrors or OSErrors.
    with suppress(OSError, ValueError, OperationError):
        return read_scores(path, data.codes)
    scores = cross_validate(
        data.training_set.labelled_corpus, make_method(), report_progress=data.study.report_progress
    )
    _write_cache(path, lambda: fill_atomically(path, lambda temporary: write_scores(temporary, scores, data.codes)))
    return scores


def load_or_compute_rows(
    data: EvaluationData, name: str, compute: Callable[[], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return rows of JSON values, from the cache if they are there."""
    path = _cache_path(data, name, "json")
    with suppress(OSError, ValueError, OperationError):
        return list(parse_json(read_text(path).text))
    rows = compute()
    _write_cache(path, lambda: write_atomically(path, json.dumps(rows)))
    return rows


def _cache_path(data: EvaluationData, name: str, suffix: str) -> Path:
    return data.study.cache_folder / "evaluation" / data.coder / f"{name}-{data.cache_key}.{suffix}"


def _write_cache(path: Path, write: Callable[[], object]) -> None:
    """Write a cache file and remove outdated ones; errors are ignored, since the cache only saves time."""
    with suppress(OperationError, OSError):
        write()
        # The key is the last part of the stem: only older results of the same method are deleted.
        for old in set(path.parent.glob(f"{path.stem.rpartition('-')[0]}-*{path.suffix}")) - {path}:
            old.unlink(missing_ok=True)


@dataclass(frozen=True)
class SecondCoder:
    """Another coder's codings as predictions of the first coder's, over the cells that both have finished."""

    coder: str
    predictions: Predictions


def choose_second_coder(data: EvaluationData, given: str | None) -> SecondCoder | None:
    """Return the given coder, or the one who shares most finished cells with the first; None if nobody shares any.

    Raises
    ------
    UnknownNameError
        If the given coder has not coded in this study, or is the first one.
    """
    others = [name for name in data.study.coders if name != data.coder]
    if given:
        if given not in others:
            raise UnknownNameError("second coder", given, others)
        others = [given]
    candidates = [SecondCoder(name, _compare_second_coder(data, name)) for name in others]
    sharing = [candidate for candidate in candidates if candidate.predictions.evaluated.any()]
    return max(sharing, key=lambda candidate: int(candidate.predictions.evaluated.sum()), default=None)


def _compare_second_coder(data: EvaluationData, second: str) -> Predictions:
    first_labels = data.labels
    # Only the labels are used; cue scores do not depend on the coder and take long, so they are passed on.
    second_labels = build_training_set(
        data.study, coder=second, score_cues=lambda _corpus: data.training_set.labelled_corpus.cue_scores
    ).labelled_corpus.labels
    return compare_coders(
        data.codes,
        transcripts=data.training_set.groups,
        transcript=first_labels.group,
        evaluated=first_labels.finished & second_labels.finished,
        first=first_labels.truth,
        second=second_labels.truth,
    )


def restrict_predictions(predictions: Predictions, cells: Flags) -> Predictions:
    """Return the predictions evaluated only in the given cells, a mask of shape (units, K) or (units, 1)."""
    return replace(predictions, evaluated=predictions.evaluated & cells)


def code_columns(data: EvaluationData, selected: Sequence[str]) -> list[int]:
    """Return the columns of the selected codes, in the codebook's order; all columns if none is selected."""
    codes = data.study.codebook.expand_codes(selected)
    return [column for column, code in enumerate(data.codes) if not selected or code in codes]
