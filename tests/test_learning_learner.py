"""The learner: an obvious word is learnt, what was not asked tells nothing, too little is refused in a sentence."""

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
from qualcode.suggest.learning.second_stage import SecondStage
from qualcode.suggest.learning.ridge import RidgeFit, fit_ridge

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


def learnt(corpus: Corpus, taught: Labels, codes: tuple[str, ...] = CODES) -> TrainingResult:
    return train_learner(corpus, book_of(codes), no_cues(corpus, len(codes)), taught, lemmatize=lemma)


def said(trained: TrainingResult, corpus: Corpus, codes: tuple[str, ...] = CODES) -> Matrix:
    return trained.learner.probability(corpus, book_of(codes), no_cues(corpus, len(codes)))


def same(one: TrainingResult, other: TrainingResult) -> bool:
    """Tell whether two trainings gave the same, to the last bit."""
    ours, theirs = one.learner, other.learner
    return (
        np.array_equal(one.held_out_probability, other.held_out_probability)
        and all(
            np.array_equal(ours.feature_weights[view], theirs.feature_weights[view]) for view in ours.feature_weights
        )
        and np.array_equal(ours.code_frequency, theirs.code_frequency)
        and np.array_equal(ours.second_stage.weights, theirs.second_stage.weights)
        and np.array_equal(ours.second_stage.thresholds, theirs.second_stage.thresholds)
    )


def test_obvious_words_are_learnt_and_found_in_a_transcript_not_seen() -> None:
    corpus = corpus_from(*TALKS)
    trained = learnt(corpus, taught_by(corpus, *MARKS))
    truth = taught_by(corpus, *MARKS).truth
    for code in (0, 1):
        assert (
            trained.held_out_probability[truth[:, code], code].min()
            > trained.held_out_probability[~truth[:, code], code].max()
        )
    found = said(trained, corpus_from("P: We go home. The budgets were cut. I have a fear."))
    assert found.argmax(axis=0).tolist() == [1, 2]
    assert found[1, 0] > found[1, 1]


def test_probabilities_lie_from_0_to_1_whatever_is_said() -> None:
    corpus = corpus_from(*TALKS)
    trained = learnt(corpus, taught_by(corpus, *MARKS))
    strange = corpus_from("P: budget " * 300, "P: ?! …\nI: 👍\nP: 预算\nQ: \x00", "Q: " + "Fear! " * 400)
    found = said(trained, strange)
    assert found.shape == (len(strange), 2)
    assert np.all((found >= 0) & (found <= 1))
    assert np.all((trained.held_out_probability >= 0) & (trained.held_out_probability <= 1))
    assert np.all((trained.learner.second_stage.thresholds >= 0) & (trained.learner.second_stage.thresholds <= 1))


def test_training_twice_gives_the_same() -> None:
    corpus = corpus_from(*TALKS)
    assert same(learnt(corpus, taught_by(corpus, *MARKS)), learnt(corpus, taught_by(corpus, *MARKS)))


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_cells_not_known_do_not_matter(random: Random) -> None:
    corpus = corpus_from(*TALKS, *TALKS)
    open_ones = ("X.", "-r", "-X", "--", "r-", "--", "--", "--", "X-", "--", "--", "--")
    marks = [mark.replace(".", "-") for mark in open_ones]
    taught = taught_by(corpus, *MARKS, *marks)
    noise = np.array([random.random() < 0.5 for _ in range(taught.truth.size)]).reshape(taught.truth.shape)
    other = replace(taught, truth=np.where(taught.known, taught.truth, noise))
    assert same(learnt(corpus, taught), learnt(corpus, other))


def test_first_step_scores_a_group_without_what_it_says_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[RidgeFit] = []

    def watched(kernel: Matrix, target: Matrix, *, groups: NDArray[np.intp], known: NDArray[np.bool_]) -> RidgeFit:
        found.append(fit_ridge(kernel, target, groups=groups, known=known))
        return found[-1]

    monkeypatch.setattr("qualcode.suggest.learning.learner.fit_ridge", watched)
    corpus = corpus_from(*TALKS)
    taught = taught_by(corpus, *MARKS)
    learnt(corpus, taught)
    for group in range(3):
        own = taught.group == group
        learnt(corpus, replace(taught, truth=taught.truth ^ own[:, None]))
        np.testing.assert_allclose(found[-1].held_out[own], found[0].held_out[own], atol=1e-9)
        assert not np.allclose(found[-1].held_out[~own], found[0].held_out[~own])


def test_transcripts_of_one_case_are_left_out_together() -> None:
    # TALKS twice: as groups of their own each finds its twin, as one group it does not
    corpus = corpus_from("P: Zebras. No.", "P: Zebras. No.", *TALKS)
    marks = ("x.", "..", "x.", "..", *MARKS)
    apart, together = (
        learnt(corpus, taught_by(corpus, *marks, group=[first, first, 1, 1, *np.repeat([2, 3, 4], 4).tolist()]))
        for first in (0, 1)
    )
    assert apart.held_out_probability[0, 0] > 2 * together.held_out_probability[0, 0]


@pytest.mark.parametrize(
    ("texts", "marks", "because"),
    [
        ((), (), "not enough coded data to train"),
        (("I: Why?", "I: How?"), (), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("-", "-", "-", "-"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("X", "-", "X", "r"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("x", ".", "X", "-"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), (".", ".", ".", "."), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No.", "P: Budget."), (".", ".", ".", ".", "X"), "not enough coded data to train"),
        (("P: Budget. No.", "P: Budget. No."), ("x", "x", "x", "x"), "all sentences of the finished transcripts have all codes"),
        (("P: Budget.", "P: Budget. No."), ("xx", "xx", "xx"), "all sentences of the finished transcripts have all codes"),
        (("P: Budget.", "P: Budget. No."), ("x-", "-x", "xx"), "all sentences of the finished transcripts have all codes"),
    ],
)
def test_too_little_is_refused(texts: tuple[str, ...], marks: tuple[str, ...], because: str) -> None:
    corpus = corpus_from(*texts)
    codes = CODES[: len(marks[0])] if marks else CODES[:1]
    with pytest.raises(OperationError, match=f"^{because}"):
        learnt(corpus, taught_by(corpus, *marks), codes)


def test_two_transcripts_of_one_case_are_too_few() -> None:
    corpus = corpus_from("P: Budget. No.", "P: Budget. No.")
    with pytest.raises(OperationError, match="2 transcripts of different cases"):
        learnt(corpus, taught_by(corpus, "x", ".", "x", ".", group=[0, 0, 0, 0]), CODES[:1])


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param(("x.", "x.", "x.", "x."), id="one code everywhere, the other nowhere"),
        pytest.param(("x-", ".-", "x-", ".-"), id="one code never asked"),
        pytest.param(("x-", "..", "x.", ".-"), id="asked here and there"),
        pytest.param(("xx", "xx", "xx", "x."), id="all but one cell"),
        pytest.param(("x.", ".r", "x.", ".."), id="one rejected"),
    ],
)
def test_little_but_not_too_little_is_learnt_from(marks: tuple[str, ...]) -> None:
    corpus = corpus_from("P: Budget. No.", "P: Budget. No.")
    trained = learnt(corpus, taught_by(corpus, *marks))
    assert np.isfinite(said(trained, corpus_from(*TALKS))).all()


def test_codebook_may_have_one_code() -> None:
    corpus = corpus_from(*TALKS)
    trained = learnt(corpus, taught_by(corpus, *(mark[0] for mark in MARKS)), CODES[:1])
    assert trained.held_out_probability.shape == (12, 1)
    assert said(trained, corpus_from("P: The budget is cut. Go home."), CODES[:1]).argmax() == 0


def test_corpus_may_have_no_units_and_no_interviewer() -> None:
    corpus = corpus_from(*(talk.replace("I:", "Q:") for talk in TALKS))
    marks = [mark for place in range(0, 12, 2) for mark in ("..", MARKS[place], MARKS[place + 1])]
    trained = learnt(corpus, taught_by(corpus, *marks))
    assert said(trained, corpus_from("I: Why?")).shape == (0, 2)
    assert said(trained, corpus_from()).shape == (0, 2)
    assert said(trained, corpus_from("P: The budget.")).shape == (1, 2)


def test_code_asked_nowhere_is_taken_to_be_as_frequent_as_codes_are() -> None:
    corpus = corpus_from(*TALKS)
    # of 12 sentences 3 have the first code; the second was given once, but never asked
    marks = [mark[0] + ("X" if place == 2 else "-") for place, mark in enumerate(MARKS)]
    trained = learnt(corpus, taught_by(corpus, *marks))
    assert trained.learner.code_frequency == pytest.approx([3.5 / 13, 3.5 / 13])


def test_code_finished_nowhere_is_not_taken_to_be_everywhere() -> None:
    # of the second code nothing is known but that every other sentence has it
    corpus = corpus_from(*TALKS, "P: Some fear it. I wait a week. There is no budget.")
    marks = [mark[0] + ("X" if place % 2 else "-") for place, mark in enumerate(MARKS)]
    trained = learnt(corpus, taught_by(corpus, *marks, "--", "--", "--"))
    assert not trained.learner.first_stage.held_out[:, 1].any()
    assert trained.held_out_probability[-3:, 1].max() < 0.5


def test_rejected_and_given_cells_of_transcripts_not_finished_are_learnt_from_but_not_counted() -> None:
    corpus = corpus_from(*TALKS, "P: Money went. Money is mine.")
    plain = learnt(corpus, taught_by(corpus, *MARKS, "--", "--"))
    more = learnt(corpus, taught_by(corpus, *MARKS, "X-", "r-"))
    assert np.array_equal(plain.learner.code_frequency, more.learner.code_frequency)
    asked = corpus_from("P: Money went.")
    assert said(more, asked)[0, 0] > said(plain, asked)[0, 0]


def test_evidence_that_does_not_vary_is_worth_nothing_elsewhere() -> None:
    # all sentences have three words: ln 3 six times has not quite ln 3 as its mean
    corpus = corpus_from(*["P: Budget is gone. They wait now. Nobody told me."] * 2)
    trained = learnt(corpus, taught_by(corpus, "x", ".", ".", "x", ".", "."), CODES[:1])
    assert trained.learner.second_stage.scale.min() > 1e-6
    long = corpus_from(f"P: Nobody told me {'now and then ' * 100}. Budget is gone. They wait.")
    found = said(trained, long, CODES[:1]).ravel()
    assert 0.001 < found[0] < found[1] < 0.999


def test_second_step_learns_where_all_was_read() -> None:
    # codings of a transcript not finished are all that is known of it: as if every sentence were coded
    corpus = corpus_from(*TALKS, "P: Money. Mine. Gone. Went.")
    trained = learnt(corpus, taught_by(corpus, *MARKS, "X-", "X-", "X-", "Xr"))
    first = list(EVIDENCE_KINDS).index("first")
    assert trained.learner.second_stage.mean[first] == 6 / 12


def test_overwhelming_evidence_is_certain() -> None:
    column = np.zeros(1)
    second = SecondStage(column, column + 1, column + 1000, 0, np.array([0.0, 1, 0, 0]), column)
    assert second.probability(np.array([[[-1.0]], [[0.0]], [[1.0]]])).ravel().tolist() == [0, 0.5, 1]


def test_neighbours_that_are_decided_are_believed() -> None:
    corpus = corpus_from(*TALKS)
    trained = learnt(corpus, taught_by(corpus, *MARKS))
    talk = corpus_from("P: We go. Money went. We go.\nQ: Bye.")
    book, cues = book_of(CODES), no_cues(talk, 2)
    decided = taught_by(talk, "--", "X-", "--", "--")
    plain, other = (trained.learner.probability(talk, book, cues, labels=one) for one in (None, decided))
    changed = np.argwhere(plain != other)
    assert changed.tolist() == [[0, 0], [2, 0]]


@pytest.mark.parametrize("most", [6, 8, 11, 20])
def test_of_too_many_sentences_whole_groups_are_learnt_from(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.learning.learner.MAX_TRAINING_ROWS", most)
    corpus = corpus_from(*TALKS, *TALKS)
    taught = taught_by(corpus, *MARKS, *MARKS)
    trained = learnt(corpus, taught)
    assert same(trained, learnt(corpus, taught))
    assert trained.held_out_probability.shape == (24, 2)


@pytest.mark.parametrize("most", [4, 6, 8])
def test_of_too_many_sentences_the_finished_ones_are_learnt_from_first(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.suggest.learning.learner.MAX_TRAINING_ROWS", most)
    many = "P: " + "Money went. " * 30
    corpus = corpus_from(*[many] * 5, "P: Budget. No. Yes.", *[many] * 5, "P: Budget. No. Yes.")
    marks = ["X"] * 150 + ["x", ".", "."] + ["r"] * 150 + ["x", ".", "."]
    assert learnt(corpus, taught_by(corpus, *marks), CODES[:1]).held_out_probability[150, 0] > 0.5


def test_one_long_transcript_does_not_push_out_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.learning.learner.MAX_TRAINING_ROWS", 6)
    for place in (0, 1):
        texts = ["P: Budget. No. Yes."] * 2
        texts[place] = "P: " + "Budget. No. " * 10
        corpus = corpus_from(*texts)
        short, long = ["x", ".", "."], ["x", "."] * 10
        marks = [*long, *short] if place == 0 else [*short, *long]
        assert learnt(corpus, taught_by(corpus, *marks), CODES[:1]).held_out_probability.shape == (23, 1)


def test_crossed_scores_of_a_group_do_not_depend_on_what_it_says() -> None:
    corpus = corpus_from(*TALKS, *TALKS)
    book, cues = book_of(CODES), no_cues(corpus, 2)
    taught = taught_by(corpus, *MARKS, *MARKS)
    cross = partial(cross_validate, method=make_learner_method(lemma), fold_count=3)
    plain = cross(LabelledCorpus(corpus, book, cues, taught))
    for part in range(6):
        own = taught.group == part
        other = cross(LabelledCorpus(corpus, book, cues, replace(taught, truth=taught.truth ^ own[:, None])))
        assert np.array_equal(other.score[own], plain.score[own])
        assert np.array_equal(other.chosen[own], plain.chosen[own])
