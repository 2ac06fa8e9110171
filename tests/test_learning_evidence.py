"""Evidence of the second stage, compared with plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import corpus_from
from qualcode.suggest.learning import Corpus
from qualcode.suggest.learning.evidence import EVIDENCE_KINDS, CodebookScores, compute_evidence

Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

KINDS = list(EVIDENCE_KINDS)


def corpus_of_turns(*sizes: int) -> Corpus:
    """Return a transcript with turns of these numbers of sentences."""
    return corpus_from("\n".join(f"{'PQ'[turn % 2]}: {' '.join(['Yes.'] * size)}" for turn, size in enumerate(sizes)))


def evidence_of(corpus: Corpus, scores: Matrix, *, cues: Matrix | None = None) -> Matrix:
    zeros = np.zeros(scores.shape)
    codebook = CodebookScores(zeros if cues is None else cues, tuple(zeros + 0.1 * number for number in range(5)))
    return compute_evidence(corpus, scores, codebook, frequency=np.full(scores.shape[1], 0.5))


def of_kind(evidence: Matrix, kind: str) -> Matrix:
    values: Matrix = evidence[:, :, KINDS.index(kind)]
    return values


@st.composite
def corpora_with_scores(draw: st.DrawFn) -> tuple[Corpus, Matrix]:
    """Draw turns, and scores with ties (some below 0)."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    shape = (sum(sizes), draw(st.integers(1, 3)))
    tenths = st.lists(st.integers(-3, 3), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    return corpus_of_turns(*sizes), np.array(draw(tenths)).reshape(shape) / 10


@given(corpora_with_scores())
def test_evidence_from_neighbours_and_answer_equals_that_of_loops(drawn: tuple[Corpus, Matrix]) -> None:
    corpus, scores = drawn
    evidence = evidence_of(corpus, scores, cues=np.abs(scores))
    for unit, code in np.ndindex(scores.shape):

        def at(values: Matrix, step: int, unit: int = unit, code: int = code) -> float:
            there = 0 <= unit + step < len(corpus) and corpus.turn[unit] == corpus.turn[unit + step]
            return values[unit + step, code] if there else 0.0

        rest = [other for other in range(len(corpus)) if other != unit and corpus.turn[other] == corpus.turn[unit]]
        expected = {
            "words": scores[unit, code],
            "before": at(scores, -1),
            "after": at(scores, 1),
            "further before": at(scores, -2),
            "further after": at(scores, 2),
            "answer": sum(scores[rest, code]) / len(rest) if rest else 0,
            "strongest": max(scores[rest, code]) if rest else 0,
            "margin": scores[unit, code]
            - max((value for other, value in enumerate(scores[unit]) if other != code), default=0),
            "all codes": sum(scores[unit]),
            "first": float(not any(other < unit for other in rest)),
            "last": float(not any(other > unit for other in rest)),
            "answer length": np.log(len(rest) + 1),
            "cues": np.abs(scores)[unit, code],
            "cues before": at(np.abs(scores), -1),
            "cues after": at(np.abs(scores), 1),
            "cues in answer": max(np.abs(scores)[rest, code]) if rest else 0,
        }
        assert {kind: of_kind(evidence, kind)[unit, code] for kind in expected} == pytest.approx(expected, abs=1e-12)


def test_evidence_has_a_column_per_kind_with_similarities_last() -> None:
    evidence = evidence_of(corpus_of_turns(2, 1), np.zeros((3, 2)))
    assert evidence.shape == (3, 2, len(EVIDENCE_KINDS))
    assert evidence[0, 0, -5:].tolist() == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert of_kind(evidence, "frequency") == pytest.approx(np.zeros((3, 2)))


def test_length_is_log_of_word_count() -> None:
    evidence = evidence_of(corpus_from("P: It is gone. No."), np.zeros((2, 1)))
    assert np.exp(of_kind(evidence, "length")).ravel().tolist() == pytest.approx([3, 1])


def test_evidence_is_finite_for_base_rates_of_0_and_1() -> None:
    known = CodebookScores(np.zeros((1, 2)), (np.zeros((1, 2)),) * 5)
    evidence = compute_evidence(corpus_of_turns(1), np.zeros((1, 2)), known, frequency=np.array([0.0, 1.0]))
    assert np.isfinite(evidence).all()


def test_evidence_of_empty_corpus_is_empty() -> None:
    assert evidence_of(corpus_from(), np.zeros((0, 2))).shape == (0, 2, len(EVIDENCE_KINDS))
