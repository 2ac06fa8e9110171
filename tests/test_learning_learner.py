"""The learner: obvious words get weight, unknown cells have no influence, insufficient data is an error."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import book_of
from learning import corpus_from, lemma, no_cues, taught_by
from qualcode.errors import OperationError
from qualcode.evaluation.cross_validation import cross_validate, make_learner_method
from qualcode.suggest.learning import Corpus, LabelledCorpus, Labels, TrainingResult, train_learner
from qualcode.suggest.learning.evidence import EVIDENCE_KINDS
from qualcode.suggest.learning.ridge import RidgeFit, fit_ridge
from qualcode.suggest.learning.second_stage import SecondStage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

CODES = ("work/money", "work/fear")

TALKS = (
    "I: What is hard?\nP: The budget is gone. Nobody listens to me.\nI: And?\nP: They fear it. I wait.",
    "I: What is hard?\nP: I wait a week. There is no budget.\nI: And?\nP: Legal says no. Fear is all.",
    "I: What is hard?\nP: A small budget. We begin.\nI: And?\nP: It is fine. Some fear us.",
)
MARKS = ("x.", "..", ".x", "..", "..", "x.", "..", ".x", "x.", "..", "..", ".x")


def train(corpus: Corpus, labels: Labels, codes: tuple[str, ...] = CODES) -> TrainingResult:
    return train_learner(corpus, book_of(codes), no_cues(corpus, len(codes)), labels, lemmatize=lemma)


def probability(result: TrainingResult, corpus: Corpus, codes: tuple[str, ...] = CODES) -> Matrix:
    return result.learner.probability(corpus, book_of(codes), no_cues(corpus, len(codes)))


def are_identical(first: TrainingResult, second: TrainingResult) -> bool:
    """Return whether two results are equal to the last bit."""
    ours, theirs = first.learner, second.learner
    return (
        np.array_equal(first.held_out_probability, second.held_out_probability)
        and all(
            np.array_equal(ours.feature_weights[view], theirs.feature_weights[view]) for view in ours.feature_weights
        )
        and np.array_equal(ours.code_frequency, theirs.code_frequency)
        and np.array_equal(ours.second_stage.weights, theirs.second_stage.weights)
        and np.array_equal(ours.second_stage.thresholds, theirs.second_stage.thresholds)
    )


def test_obvious_words_raise_probability_in_a_new_transcript() -> None:
    corpus = corpus_from(*TALKS)
    result = train(corpus, taught_by(corpus, *MARKS))
    truth = taught_by(corpus, *MARKS).truth
    for code in (0, 1):
        assert (
            result.held_out_probability[truth[:, code], code].min()
            > result.held_out_probability[~truth[:, code], code].max()
        )
    probabilities = probability(result, corpus_from("P: We go home. The budgets were cut. I have a fear."))
    assert probabilities.argmax(axis=0).tolist() == [1, 2]
    assert probabilities[1, 0] > probabilities[1, 1]


def test_probabilities_of_unusual_texts_are_from_0_to_1() -> None:
    corpus = corpus_from(*TALKS)
    result = train(corpus, taught_by(corpus, *MARKS))
    strange = corpus_from("P: budget " * 300, "P: ?! …\nI: 👍\nP: 预算\nQ: \x00", "Q: " + "Fear! " * 400)
    probabilities = probability(result, strange)
    assert probabilities.shape == (len(strange), 2)
    assert np.all((probabilities >= 0) & (probabilities <= 1))
    assert np.all((result.held_out_probability >= 0) & (result.held_out_probability <= 1))
    assert np.all((result.learner.second_stage.thresholds >= 0) & (result.learner.second_stage.thresholds <= 1))


def test_training_is_deterministic() -> None:
    corpus = corpus_from(*TALKS)
    assert are_identical(train(corpus, taught_by(corpus, *MARKS)), train(corpus, taught_by(corpus, *MARKS)))


@pytest.mark.slow
@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_unknown_cells_have_no_influence(random: Random) -> None:
    corpus = corpus_from(*TALKS, *TALKS)
    unfinished = ("X.", "-r", "-X", "--", "r-", "--", "--", "--", "X-", "--", "--", "--")
    marks = [mark.replace(".", "-") for mark in unfinished]
    labels = taught_by(corpus, *MARKS, *marks)
    noise = np.array([random.random() < 0.5 for _ in range(labels.truth.size)]).reshape(labels.truth.shape)
    other = replace(labels, truth=np.where(labels.known, labels.truth, noise))
    assert are_identical(train(corpus, labels), train(corpus, other))


def test_held_out_scores_do_not_depend_on_labels_of_own_group(monkeypatch: pytest.MonkeyPatch) -> None:
    fits: list[RidgeFit] = []

    def record_fit(kernel: Matrix, target: Matrix, *, groups: NDArray[np.intp], known: NDArray[np.bool_]) -> RidgeFit:
        fits.append(fit_ridge(kernel, target, groups=groups, known=known))
        return fits[-1]

    monkeypatch.setattr("qualcode.suggest.learning.learner.fit_ridge", record_fit)
    corpus = corpus_from(*TALKS)
    labels = taught_by(corpus, *MARKS)
    train(corpus, labels)
    for group in range(3):
        own = labels.group == group
        train(corpus, replace(labels, truth=labels.truth ^ own[:, None]))
        np.testing.assert_allclose(fits[-1].held_out[own], fits[0].held_out[own], atol=1e-9)
        assert not np.allclose(fits[-1].held_out[~own], fits[0].held_out[~own])


def test_transcripts_of_one_case_are_held_out_together() -> None:
    # the same transcript twice: as two groups each is trained on the other, as one group it is not
    corpus = corpus_from("P: Zebras. No.", "P: Zebras. No.", *TALKS)
    marks = ("x.", "..", "x.", "..", *MARKS)
    apart, together = (
        train(corpus, taught_by(corpus, *marks, group=[first, first, 1, 1, *np.repeat([2, 3, 4], 4).tolist()]))
        for first in (0, 1)
    )
    assert apart.held_out_probability[0, 0] > 2 * together.held_out_probability[0, 0]


@pytest.mark.parametrize(
    ("texts", "marks", "message"),
    [
        ((), (), "not enough coded data to train"),
        (("I: Why?", "I: How?"), (), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("-", "-", "-", "-"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("X", "-", "X", "r"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("x", ".", "X", "-"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), (".", ".", ".", "."), "not enough coded data to train"),
        (
            ("P: Budget. No.", "P: Budget. No.", "P: Budget."),
            (".", ".", ".", ".", "X"),
            "not enough coded data to train",
        ),
        (
            ("P: Budget. No.", "P: Budget. No."),
            ("x", "x", "x", "x"),
            "all sentences of the finished transcripts have all codes",
        ),
        (
            ("P: Budget.", "P: Budget. No."),
            ("xx", "xx", "xx"),
            "all sentences of the finished transcripts have all codes",
        ),
        (
            ("P: Budget.", "P: Budget. No."),
            ("x-", "-x", "xx"),
            "all sentences of the finished transcripts have all codes",
        ),
    ],
)
def test_training_on_insufficient_data_raises(texts: tuple[str, ...], marks: tuple[str, ...], message: str) -> None:
    corpus = corpus_from(*texts)
    codes = CODES[: len(marks[0])] if marks else CODES[:1]
    with pytest.raises(OperationError, match=f"^{message}"):
        train(corpus, taught_by(corpus, *marks), codes)


def test_training_on_one_case_raises() -> None:
    corpus = corpus_from("P: Budget. No.", "P: Budget. No.")
    with pytest.raises(OperationError, match="2 transcripts of different cases"):
        train(corpus, taught_by(corpus, "x", ".", "x", ".", group=[0, 0, 0, 0]), CODES[:1])


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param(("x.", "x.", "x.", "x."), id="one code everywhere, the other nowhere"),
        pytest.param(("x-", ".-", "x-", ".-"), id="one code not decided"),
        pytest.param(("x-", "..", "x.", ".-"), id="some cells decided"),
        pytest.param(("xx", "xx", "xx", "x."), id="all but one cell"),
        pytest.param(("x.", ".r", "x.", ".."), id="one rejected"),
    ],
)
def test_training_on_just_enough_data(marks: tuple[str, ...]) -> None:
    corpus = corpus_from("P: Budget. No.", "P: Budget. No.")
    result = train(corpus, taught_by(corpus, *marks))
    assert np.isfinite(probability(result, corpus_from(*TALKS))).all()


def test_training_with_one_code() -> None:
    corpus = corpus_from(*TALKS)
    result = train(corpus, taught_by(corpus, *(mark[0] for mark in MARKS)), CODES[:1])
    assert result.held_out_probability.shape == (12, 1)
    assert probability(result, corpus_from("P: The budget is cut. Go home."), CODES[:1]).argmax() == 0


def test_scoring_corpora_without_units_or_interviewer() -> None:
    corpus = corpus_from(*(talk.replace("I:", "Q:") for talk in TALKS))
    marks = [mark for place in range(0, 12, 2) for mark in ("..", MARKS[place], MARKS[place + 1])]
    result = train(corpus, taught_by(corpus, *marks))
    assert probability(result, corpus_from("I: Why?")).shape == (0, 2)
    assert probability(result, corpus_from()).shape == (0, 2)
    assert probability(result, corpus_from("P: The budget.")).shape == (1, 2)


def test_code_without_finished_cells_has_overall_frequency() -> None:
    corpus = corpus_from(*TALKS)
    # of 12 sentences 3 have the first code; the second is given once, but no transcript is finished for it
    marks = [mark[0] + ("X" if place == 2 else "-") for place, mark in enumerate(MARKS)]
    result = train(corpus, taught_by(corpus, *marks))
    assert result.learner.code_frequency == pytest.approx([3.5 / 13, 3.5 / 13])


def test_code_without_finished_cells_has_low_probability() -> None:
    # the second code is only known where it is given
    corpus = corpus_from(*TALKS, "P: Some fear it. I wait a week. There is no budget.")
    marks = [mark[0] + ("X" if place % 2 else "-") for place, mark in enumerate(MARKS)]
    result = train(corpus, taught_by(corpus, *marks, "--", "--", "--"))
    assert not result.learner.first_stage.held_out[:, 1].any()
    assert result.held_out_probability[-3:, 1].max() < 0.5


def test_cells_of_unfinished_transcripts_train_words_but_not_frequency() -> None:
    corpus = corpus_from(*TALKS, "P: Money went. Money is mine.")
    plain = train(corpus, taught_by(corpus, *MARKS, "--", "--"))
    more = train(corpus, taught_by(corpus, *MARKS, "X-", "r-"))
    assert np.array_equal(plain.learner.code_frequency, more.learner.code_frequency)
    asked = corpus_from("P: Money went.")
    assert probability(more, asked)[0, 0] > probability(plain, asked)[0, 0]


def test_constant_evidence_gets_no_weight() -> None:
    # all sentences have three words: ln 3 six times has not quite ln 3 as its mean
    corpus = corpus_from(*["P: Budget is gone. They wait now. Nobody told me."] * 2)
    result = train(corpus, taught_by(corpus, "x", ".", ".", "x", ".", "."), CODES[:1])
    assert result.learner.second_stage.scale.min() > 1e-6
    long = corpus_from(f"P: Nobody told me {'now and then ' * 100}. Budget is gone. They wait.")
    probabilities = probability(result, long, CODES[:1]).ravel()
    assert 0.001 < probabilities[0] < probabilities[1] < 0.999


def test_second_stage_is_trained_on_finished_cells_only() -> None:
    # in an unfinished transcript only codings are known, as if every sentence were coded
    corpus = corpus_from(*TALKS, "P: Money. Mine. Gone. Went.")
    result = train(corpus, taught_by(corpus, *MARKS, "X-", "X-", "X-", "Xr"))
    first = list(EVIDENCE_KINDS).index("first")
    assert result.learner.second_stage.mean[first] == 6 / 12


def test_extreme_evidence_has_probability_0_or_1() -> None:
    column = np.zeros(1)
    second = SecondStage(column, column + 1, column + 1000, 0, np.array([0.0, 1, 0, 0]), column)
    assert second.probability(np.array([[[-1.0]], [[0.0]], [[1.0]]])).ravel().tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("limit", [6, 8, 11, 20])
def test_sampled_training_rows_give_a_deterministic_result(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.learning.learner.MAX_TRAINING_ROWS", limit)
    corpus = corpus_from(*TALKS, *TALKS)
    labels = taught_by(corpus, *MARKS, *MARKS)
    result = train(corpus, labels)
    assert are_identical(result, train(corpus, labels))
    assert result.held_out_probability.shape == (24, 2)


@pytest.mark.parametrize("limit", [4, 6, 8])
def test_finished_groups_are_sampled_first(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.learning.learner.MAX_TRAINING_ROWS", limit)
    long = "P: " + "Money went. " * 30
    corpus = corpus_from(*[long] * 5, "P: Budget. No. Yes.", *[long] * 5, "P: Budget. No. Yes.")
    marks = ["X"] * 150 + ["x", ".", "."] + ["r"] * 150 + ["x", ".", "."]
    assert train(corpus, taught_by(corpus, *marks), CODES[:1]).held_out_probability[150, 0] > 0.5


def test_long_transcript_does_not_fill_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.learning.learner.MAX_TRAINING_ROWS", 6)
    for place in (0, 1):
        texts = ["P: Budget. No. Yes."] * 2
        texts[place] = "P: " + "Budget. No. " * 10
        corpus = corpus_from(*texts)
        short, long = ["x", ".", "."], ["x", "."] * 10
        marks = [*long, *short] if place == 0 else [*short, *long]
        assert train(corpus, taught_by(corpus, *marks), CODES[:1]).held_out_probability.shape == (23, 1)


@pytest.mark.slow
def test_cross_validated_scores_do_not_depend_on_labels_of_own_group() -> None:
    corpus = corpus_from(*TALKS, *TALKS)
    book, cues = book_of(CODES), no_cues(corpus, 2)
    labels = taught_by(corpus, *MARKS, *MARKS)
    cross = partial(cross_validate, method=make_learner_method(lemma), fold_count=3)
    plain = cross(LabelledCorpus(corpus, book, cues, labels))
    for part in range(6):
        own = labels.group == part
        other = cross(LabelledCorpus(corpus, book, cues, replace(labels, truth=labels.truth ^ own[:, None])))
        assert np.array_equal(other.score[own], plain.score[own])
        assert np.array_equal(other.chosen[own], plain.chosen[own])
