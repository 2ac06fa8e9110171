"""Evidence beside loops that anybody can read, and thresholds beside all that could be chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import corpus_from
from qualcode.suggest.learning import Corpus
from qualcode.suggest.learning.evidence import EVIDENCE_KINDS, CodebookScores, compute_evidence
from qualcode.suggest.learning.thresholds import best_threshold, choose_thresholds

Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

NAMES = list(EVIDENCE_KINDS)


def talk(*sizes: int) -> Corpus:
    """Return a transcript with turns of so many sentences."""
    return corpus_from("\n".join(f"{'PQ'[place % 2]}: {' '.join(['Yes.'] * size)}" for place, size in enumerate(sizes)))


def shown(corpus: Corpus, score: Matrix, *, cues: Matrix | None = None, around: Matrix | None = None) -> Matrix:
    nothing = np.zeros(score.shape)
    known = CodebookScores(nothing if cues is None else cues, tuple(nothing + 0.1 * place for place in range(5)))
    return compute_evidence(corpus, score, known, frequency=np.full(score.shape[1], 0.5), neighbour_scores=around)


def of(found: Matrix, name: str) -> Matrix:
    column: Matrix = found[:, :, NAMES.index(name)]
    return column


@st.composite
def spoken(draw: st.DrawFn) -> tuple[Corpus, Matrix, Matrix]:
    """Draw turns, scores with ties (some below 0) and what to believe of neighbours."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    shape = (sum(sizes), draw(st.integers(1, 3)))
    tenths = st.lists(st.integers(-3, 3), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    score, around = (np.array(draw(tenths)).reshape(shape) / 10 for _ in range(2))
    return talk(*sizes), score, around


@given(spoken())
def test_neighbours_and_the_rest_of_the_answer_are_those_of_loops(drawn: tuple[Corpus, Matrix, Matrix]) -> None:
    corpus, score, around = drawn
    found = shown(corpus, score, around=around, cues=np.abs(score))
    for unit, code in np.ndindex(score.shape):

        def at(values: Matrix, step: int, unit: int = unit, code: int = code) -> float:
            there = 0 <= unit + step < len(corpus) and corpus.turn[unit] == corpus.turn[unit + step]
            return values[unit + step, code] if there else 0.0

        rest = [other for other in range(len(corpus)) if other != unit and corpus.turn[other] == corpus.turn[unit]]
        expected = {
            "words": score[unit, code],
            "before": at(around, -1),
            "after": at(around, 1),
            "further before": at(around, -2),
            "further after": at(around, 2),
            "answer": sum(around[rest, code]) / len(rest) if rest else 0,
            "strongest": max(around[rest, code]) if rest else 0,
            "margin": score[unit, code]
            - max((one for other, one in enumerate(score[unit]) if other != code), default=0),
            "all codes": sum(score[unit]),
            "first": float(not any(other < unit for other in rest)),
            "last": float(not any(other > unit for other in rest)),
            "answer length": np.log(len(rest) + 1),
            "cues": np.abs(score)[unit, code],
            "cues before": at(np.abs(score), -1),
            "cues after": at(np.abs(score), 1),
            "cues in answer": max(np.abs(score)[rest, code]) if rest else 0,
        }
        assert {name: of(found, name)[unit, code] for name in expected} == pytest.approx(expected, abs=1e-12)


@given(spoken())
def test_what_is_believed_of_neighbours_changes_no_evidence_of_the_sentence_itself(
    drawn: tuple[Corpus, Matrix, Matrix],
) -> None:
    corpus, score, around = drawn
    ours, theirs = shown(corpus, score), shown(corpus, score, around=around)
    beside = {"before", "after", "further before", "further after", "answer", "strongest"}
    for name in set(EVIDENCE_KINDS) - beside:
        assert np.array_equal(of(ours, name), of(theirs, name))
    # one cell's own belief is no neighbour of its own
    changed = around.copy()
    changed[0] += 1
    assert np.array_equal(of(shown(corpus, score, around=changed), "strongest")[0], of(theirs, "strongest")[0])
    np.testing.assert_allclose(
        of(shown(corpus, score, around=changed), "answer")[0], of(theirs, "answer")[0], atol=1e-12
    )


def test_every_kind_of_evidence_has_its_column_and_likeness_comes_last_in_order() -> None:
    found = shown(talk(2, 1), np.zeros((3, 2)))
    assert found.shape == (3, 2, len(EVIDENCE_KINDS))
    assert found[0, 0, -5:].tolist() == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert of(found, "frequency") == pytest.approx(np.zeros((3, 2)))


def test_length_is_counted_in_words() -> None:
    found = shown(corpus_from("P: It is gone. No."), np.zeros((2, 1)))
    assert np.exp(of(found, "length")).ravel().tolist() == pytest.approx([3, 1])


def test_evidence_for_a_code_always_and_never_given_is_finite() -> None:
    known = CodebookScores(np.zeros((1, 2)), (np.zeros((1, 2)),) * 5)
    found = compute_evidence(talk(1), np.zeros((1, 2)), known, frequency=np.array([0.0, 1.0]))
    assert np.isfinite(found).all()


def test_no_sentences_give_no_evidence() -> None:
    assert shown(corpus_from(), np.zeros((0, 2))).shape == (0, 2, len(EVIDENCE_KINDS))


eighths = st.integers(0, 8).map(lambda number: number / 8)
"""Sums of these are exact in any order."""


@given(st.lists(st.tuples(eighths, eighths), max_size=12))
def test_best_threshold_is_the_best_of_all_whatever_the_order(cells: list[tuple[float, float]]) -> None:
    probability, right = (np.array([cell[side] for cell in cells]) for side in (0, 1))

    def f1(threshold: float) -> float:
        chosen = probability >= threshold
        return float(2 * right[chosen].sum() / (chosen.sum() + right.sum()))

    found = best_threshold(probability, right)
    if right.sum() == 0:
        assert found == 1
        return
    assert probability.min() <= found <= probability.max()
    assert f1(found) == pytest.approx(max(f1(one) for one in probability))
    assert best_threshold(probability[::-1], right[::-1]) == found


def test_cells_of_one_probability_are_shown_together() -> None:
    # at 0.5 all five are shown, two of them right: F1 is 4/7; at 0.9 one is, and right: 2/3
    probability, right = np.array([0.9, 0.5, 0.5, 0.5, 0.5]), np.array([1.0, 1, 0, 0, 0])
    assert best_threshold(probability, right) == pytest.approx(0.7)


def test_thresholds_lie_between_that_of_all_codes_and_the_codes_own() -> None:
    probability = np.array([[0.9, 0.4], [0.8, 0.3], [0.1, 0.1]])
    truth = np.array([[1, 1], [1, 0], [0, 0]], dtype=bool)
    known = np.ones((3, 2), dtype=bool)
    # all codes: three are right and the three highest are .9, .8, .4, so half-way from .4 to .3. The first alone is
    # best from .8 on, half-way to .1; the second from .4 on, half-way to .3: its beliefs are .7, .15 and .05, which
    # makes 2 * .7 / (1 + .9) = .74 there and 2 * .85 / (2 + .9) = .59 at .3
    assert choose_thresholds(probability, truth, known) == pytest.approx([np.sqrt(0.35 * 0.45), 0.35])


def test_no_threshold_is_above_one_half() -> None:
    probability, truth = np.array([[0.9], [0.7]]), np.array([[True], [False]])
    assert choose_thresholds(probability, truth, np.ones((2, 1), dtype=bool)) == [0.5]


def test_cells_not_known_and_codes_never_asked_move_no_threshold() -> None:
    probability = np.array([[0.9, 0.9], [0.2, 0.7], [0.1, 0.1]])
    truth = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool)
    known = np.array([[1, 0], [1, 0], [1, 0]], dtype=bool)
    found = choose_thresholds(probability, truth, known)
    # of the first alone .9 is right: half-way to .2; the second was asked nowhere, so 1 stands for its own
    assert found == pytest.approx([0.5, 0.5])
    assert np.array_equal(choose_thresholds(probability, truth ^ ~known, known), found)
