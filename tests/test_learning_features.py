"""Feature views: the kernel is a product of weighted features, and its regression can be read as feature weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning import corpus_from, lemma
from qualcode.suggest.learning import Corpus
from qualcode.suggest.learning.features import (
    CONSTANT_KERNEL,
    SENTENCE_VIEWS,
    TURN_VIEWS,
    CorpusFeatures,
    Embed,
    Featuriser,
    compute_feature_weights,
    compute_kernel,
    compute_scores,
)
from qualcode.suggest.learning.vocabulary import Vocabulary

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

FIRST = """\
I: What is hard?
P: The budget is gone. Nobody can tell me what it earns. I wait.
I: And the others?
P: They fear it.
"""
OTHER = """\
P: We begin. Budgets are fine.
I: Why is it hard?
P: Waiting is.
"""
UNSEEN = """\
P: The zebra is gone.
I: And what is hard?
P: Budgets. Quaggas wait for the budget.
"""


def embed_toy(texts: Sequence[str]) -> Matrix:
    """Return the length, the number of vowels and the first letter of each sentence as its vector."""
    return np.array([[len(text), sum(text.count(vowel) for vowel in "aeiou"), ord(text[0])] for text in texts], float)


def featuriser_of(corpus: Corpus, embed: Embed | None = None) -> Featuriser:
    return Featuriser(Vocabulary.from_texts([*corpus.texts, *corpus.case_texts], lemma), embed)


def weighted_features(features: CorpusFeatures) -> Matrix:
    """Return the factor of the kernel: a constant, and each view's features times the root of its weight."""
    parts = [np.full((features.units, 1), np.sqrt(CONSTANT_KERNEL))]
    for block in features.blocks:
        rows = block.rows if isinstance(block.rows, np.ndarray) else block.rows.toarray()
        for _, weight, unit_rows in block.iter_views():
            view_rows = [rows[row] if row >= 0 else np.zeros(rows.shape[1]) for row in unit_rows.tolist()]
            parts.append(np.sqrt(weight) * np.array(view_rows))
    return np.hstack(parts)


def with_cases(corpus: Corpus) -> Corpus:
    return replace(corpus, case_texts=tuple("group_partner" if at == 0 else "" for at in corpus.transcript.tolist()))


both = pytest.mark.parametrize("embed", [None, embed_toy])


@both
@pytest.mark.parametrize("has_cases", [False, True])
def test_kernel_is_product_of_weighted_features(embed: Embed | None, has_cases: bool) -> None:
    corpus = corpus_from(FIRST, OTHER)
    corpus = with_cases(corpus) if has_cases else corpus
    features = featuriser_of(corpus, embed).transform(corpus)
    rows = np.array([6, 0, 2, 3])
    factor = weighted_features(features)[rows]
    np.testing.assert_allclose(compute_kernel(features, rows), factor @ factor.T, atol=1e-12)


@both
def test_scores_by_weights_equal_scores_by_kernel(embed: Embed | None) -> None:
    corpus, other = with_cases(corpus_from(FIRST, OTHER)), with_cases(corpus_from(UNSEEN, FIRST))
    featuriser = featuriser_of(corpus, embed)
    features, rows = featuriser.transform(corpus), np.array([0, 2, 3, 5])
    coefficients = np.random.default_rng(0).normal(size=(4, 2))
    weights = compute_feature_weights(features, rows, coefficients)
    np.testing.assert_allclose(
        compute_scores(features, weights)[rows], compute_kernel(features, rows) @ coefficients, atol=1e-12
    )
    own, other_rows = weighted_features(features), weighted_features(featuriser.transform(other))
    np.testing.assert_allclose(compute_scores(features, weights), own @ own[rows].T @ coefficients, atol=1e-12)
    np.testing.assert_allclose(
        compute_scores(featuriser.transform(other), weights), other_rows @ own[rows].T @ coefficients, atol=1e-12
    )


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["I: Why?", "P: Budget. Gone!", "P: ...", "Q: The zebra waits.", "I: 👍"]), max_size=6))
def test_kernel_is_symmetric_and_agrees_with_scores(lines: list[str]) -> None:
    corpus, rest = corpus_from("\n".join([*lines, "P: End."])), corpus_from(FIRST)
    features = featuriser_of(rest).transform(corpus)
    rows = np.arange(len(corpus))
    kernel = compute_kernel(features, rows)
    assert np.array_equal(kernel, kernel.T)
    weights = compute_feature_weights(features, rows, np.eye(len(corpus)))
    np.testing.assert_allclose(compute_scores(features, weights), kernel, atol=1e-12)


def test_unit_rows_of_views() -> None:
    corpus = with_cases(corpus_from(FIRST, OTHER))
    features = featuriser_of(corpus).transform(corpus)
    sentences, turns = features.blocks
    assert (tuple(sentences.views), tuple(turns.views)) == (tuple(SENTENCE_VIEWS), tuple(TURN_VIEWS))
    assert sentences.unit_rows["before"].tolist() == [-1, 0, 1, -1, -1, 4, -1]
    assert sentences.unit_rows["after"].tolist() == [1, 2, -1, -1, 5, -1, -1]
    # rows of turns: 4 answers, then 3 questions (FIRST's two, OTHER's one), then the texts of cases ("" is one)
    assert turns.unit_rows["answer"].tolist() == [0, 0, 0, 1, 2, 2, 3]
    assert turns.unit_rows["question"].tolist() == [4, 4, 4, 5, -1, -1, 6]
    assert turns.unit_rows["reply"].tolist() == [5, 5, 5, -1, 6, 6, -1]
    assert turns.unit_rows["case"].tolist() == [7, 7, 7, 7, -1, -1, -1]


def test_empty_views_add_nothing_to_kernel() -> None:
    corpus = corpus_from("P: Budget.\nQ: Wait.")
    kernel = compute_kernel(featuriser_of(corpus).transform(corpus), np.array([0, 1]))
    # words and lemmas are the same; no character n-gram is in two sentences
    assert kernel[0, 0] == pytest.approx(CONSTANT_KERNEL + 2 * (SENTENCE_VIEWS["own"] + TURN_VIEWS["answer"]))
    assert kernel[0, 1] == pytest.approx(CONSTANT_KERNEL)


def test_case_view_is_empty_without_attributes() -> None:
    texts = ("P: Budget.", "P: Waits.", "P: Fear.")
    corpus = replace(corpus_from(*texts), case_texts=("group_x", "group_x", ""))
    featuriser = Featuriser(Vocabulary.from_texts([*corpus.texts, "group_x", "group_x"], lemma))
    kernel = compute_kernel(featuriser.transform(corpus), np.arange(3))
    assert kernel[0, 1] == pytest.approx(CONSTANT_KERNEL + 3 * TURN_VIEWS["case"])
    assert kernel[0, 2] == kernel[1, 2] == pytest.approx(CONSTANT_KERNEL)
    assert compute_kernel(featuriser.transform(corpus_from(*texts)), np.arange(3))[0, 1] == pytest.approx(
        CONSTANT_KERNEL
    )


@both
def test_scores_without_interviewer_or_without_sentences(embed: Embed | None) -> None:
    corpus, silent, nothing = corpus_from("P: Budget. Wait.\nQ: Gone."), corpus_from("I: Why?"), corpus_from()
    featuriser = featuriser_of(corpus, embed)
    weights = compute_feature_weights(featuriser.transform(corpus), np.arange(3), np.ones((3, 2)))
    assert compute_scores(featuriser.transform(corpus), weights).shape == (3, 2)
    assert compute_scores(featuriser.transform(corpus_from(FIRST)), weights).shape == (4, 2)
    for empty in (silent, nothing):
        assert compute_scores(featuriser.transform(empty), weights).shape == (0, 2)


def test_vectors_are_centred_on_the_first_corpus() -> None:
    corpus, other = corpus_from(FIRST), corpus_from(UNSEEN)
    featuriser = featuriser_of(corpus, embed_toy)
    before = featuriser.transform(corpus)
    featuriser.transform(other)
    np.testing.assert_array_equal(featuriser.transform(corpus).blocks[2].rows, before.blocks[2].rows)
    np.testing.assert_array_equal(featuriser.centre, embed_toy(corpus.texts).mean(axis=0))
