"""What makers say of finished transcripts that they have not learnt from, made once and kept in the cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import MissingCoderError, OperationError, UnknownNameError
from qualcode.evaluation.metrics import Predictions, compare_coders
from qualcode.files import fill_atomically, read_text, write_atomically
from qualcode.study.selection import select_counted_coders
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.learning.learner_cache import list_text_dependencies, load_embed_function
from qualcode.suggest.learning.training_data import TrainingSet, build_training_set, compute_cue_scores

if TYPE_CHECKING:
    from qualcode.evaluation.cross_validation import HeldOutScores, ScoringMethod

MIN_EVALUATION_GROUPS = 3
"""Finished transcripts (or cases) that are needed: one is left out, and scores of one come from the others."""


@dataclass(frozen=True)
class EvaluationData:
    """A study's sentences with what one coder decided on them, on which makers are tried."""

    study: Study
    training_set: TrainingSet

    @property
    def codes(self) -> tuple[str, ...]:
        """Ids of all codes, in the order of all columns."""
        return tuple(code.id for code in self.training_set.labelled_corpus.book.codes)

    @property
    def finished_groups(self) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
        """Numbers of the groups in which anything is finished."""
        return self.training_set.labelled_corpus.labels.finished_groups

    @cached_property
    def cache_key(self) -> str:
        """Names all that scores follow from."""
        from qualcode.evaluation.score_cache import scores_key

        return scores_key(
            self.training_set.labelled_corpus, list_text_dependencies(self.study, load_embed_function(self.study)[1])
        )

    def to_predictions(self, found: HeldOutScores) -> Predictions:
        """Lay scores beside what the coder decided; only cells of finished families are asked."""
        taught = self.training_set.labelled_corpus.labels
        names, asked = self.training_set.groups, taught.finished
        score = np.clip(found.score, 0, 1)
        return Predictions(
            self.codes, names, taught.group, taught.truth, asked, score, found.chosen, self.training_set.sampling_unit
        )

    def make_learner_method(self) -> ScoringMethod:
        """Return the learner, as suggestions use it."""
        from qualcode.evaluation.cross_validation import make_learner_method
        from qualcode.suggest.cues.tokenizer import lemmatizer

        return make_learner_method(lemmatizer(self.study.settings.language), load_embed_function(self.study)[0])


def load_evaluation_data(study: Study, coder: str | None) -> EvaluationData:
    """Return the bench of one coder; refuse where too little is finished to leave anything out."""
    who = choose_evaluated_coder(study, coder)
    held = build_training_set(
        study,
        coder=who,
        score_cues=lambda corpus: compute_cue_scores(corpus, study.codebook, load_cue_suggestions(study)),
    )
    made = EvaluationData(study, held)
    if len(made.finished_groups) < MIN_EVALUATION_GROUPS:
        many = f"{len(made.finished_groups)} {'transcript or case' if len(made.finished_groups) == 1 else 'transcripts or cases'}"
        raise OperationError(
            f"{who} has finished {many}: it takes {MIN_EVALUATION_GROUPS} to judge suggestions by "
            "what they were not learnt from (see 'qualcode done')"
        )
    return made


def choose_evaluated_coder(study: Study, given: str | None) -> str:
    """Return whose codings are judged by: the one named, else the study's coder, else the only one there is."""
    coders = select_counted_coders(study, given)
    if len(coders) > 1:
        raise MissingCoderError(coders, verb="judge by")
    return coders[0]


def load_or_compute_scores(on: EvaluationData, name: str, make_method: Callable[[], ScoringMethod]) -> HeldOutScores:
    """Return what a maker says of each finished group after learning from the others, from the cache if it is there."""
    from qualcode.evaluation.cross_validation import cross_validate
    from qualcode.evaluation.score_cache import read_scores, write_scores

    path = _cache_path(on, name, "parquet")
    with suppress(OSError, ValueError, OperationError):
        return read_scores(path, on.codes)
    found = cross_validate(on.training_set.labelled_corpus, make_method())
    _write_cache(path, lambda: fill_atomically(path, lambda temporary: write_scores(temporary, found, on.codes)))
    return found


def load_or_compute_rows(
    on: EvaluationData, name: str, make: Callable[[], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return rows of plain values, from the cache if they are there."""
    path = _cache_path(on, name, "json")
    with suppress(OSError, ValueError, OperationError):
        return list(json.loads(read_text(path).text))
    made = make()
    _write_cache(path, lambda: write_atomically(path, json.dumps(made)))
    return made


def _cache_path(on: EvaluationData, name: str, suffix: str) -> Path:
    return on.study.cache_folder / "evaluation" / on.training_set.coder / f"{name}-{on.cache_key}.{suffix}"


def _write_cache(path: Path, write: Callable[[], object]) -> None:
    """Write into the cache, which only saves time, and remove what it takes the place of."""
    with suppress(OperationError, OSError):
        write()
        for old in set(path.parent.glob(f"{path.stem.rpartition('-')[0]}-*{path.suffix}")) - {path}:
            old.unlink(missing_ok=True)


@dataclass(frozen=True)
class SecondCoder:
    """Another coder beside the first, over the cells that both were asked."""

    coder: str
    predictions: Predictions


def choose_second_coder(on: EvaluationData, given: str | None) -> SecondCoder | None:
    """Return the coder who has finished most of what the first one has; None where nobody has."""
    others = [name for name in on.study.coders if name != on.training_set.coder]
    if given:
        if given not in others:
            raise UnknownNameError("second coder", given, others)
        others = [given]
    found = [SecondCoder(name, _compare_second_coder(on, name)) for name in others]
    shared = [one for one in found if one.predictions.asked.any()]
    return max(shared, key=lambda one: int(one.predictions.asked.sum()), default=None)


def _compare_second_coder(on: EvaluationData, other: str) -> Predictions:
    theirs = build_training_set(
        on.study, coder=other, score_cues=lambda _corpus: on.training_set.labelled_corpus.cue_scores
    ).labelled_corpus.labels
    ours = on.training_set.labelled_corpus.labels
    return compare_coders(
        on.codes,
        transcripts=on.training_set.groups,
        transcript=ours.group,
        asked=ours.finished & theirs.finished,
        first=ours.truth,
        second=theirs.truth,
    )


def restrict_predictions(judged: Predictions, asked: np.ndarray[Any, Any]) -> Predictions:
    """Return the same, judged only where ``asked`` too."""
    return replace(judged, asked=judged.asked & asked)


def code_columns(on: EvaluationData, wanted: Sequence[str]) -> list[int]:
    """Return the columns of some codes, in the book's order; of all where none is wanted."""
    opened = on.study.codebook.expand_codes(wanted)
    return [place for place, code in enumerate(on.codes) if not wanted or code in opened]
