"""Views: the kernel is the product of weighted features, and what was learnt by it can be read as weights."""

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

ONE = """\
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


def toy(texts: Sequence[str]) -> Matrix:
    """Stand for a sentence by its length, its vowels and its first letter."""
    return np.array([[len(text), sum(text.count(vowel) for vowel in "aeiou"), ord(text[0])] for text in texts], float)


def viewer_of(corpus: Corpus, embed: Embed | None = None) -> Featuriser:
    return Featuriser(Vocabulary.from_texts([*corpus.texts, *corpus.case_texts], lemma), embed)


def features(seen: CorpusFeatures) -> Matrix:
    """Return what the kernel is the product of: a constant and each view's features by the root of its weight."""
    parts = [np.full((seen.units, 1), np.sqrt(CONSTANT_KERNEL))]
    for look in seen.blocks:
        rows = look.rows if isinstance(look.rows, np.ndarray) else look.rows.toarray()
        for _, weight, places in look.iter_views():
            there = [rows[place] if place >= 0 else np.zeros(rows.shape[1]) for place in places.tolist()]
            parts.append(np.sqrt(weight) * np.array(there))
    return np.hstack(parts)


def described(corpus: Corpus) -> Corpus:
    return replace(corpus, case_texts=tuple("group_partner" if at == 0 else "" for at in corpus.transcript.tolist()))


both = pytest.mark.parametrize("embed", [None, toy])


@both
@pytest.mark.parametrize("told", [False, True])
def test_kernel_is_the_product_of_weighted_features(embed: Embed | None, told: bool) -> None:
    corpus = corpus_from(ONE, OTHER)
    corpus = described(corpus) if told else corpus
    seen = viewer_of(corpus, embed).transform(corpus)
    rows = np.array([6, 0, 2, 3])
    found = features(seen)[rows]
    np.testing.assert_allclose(compute_kernel(seen, rows), found @ found.T, atol=1e-12)


@both
def test_scores_by_weights_are_those_by_the_kernel_on_rows_seen_and_not_seen(embed: Embed | None) -> None:
    corpus, other = described(corpus_from(ONE, OTHER)), described(corpus_from(UNSEEN, ONE))
    viewer = viewer_of(corpus, embed)
    seen, rows = viewer.transform(corpus), np.array([0, 2, 3, 5])
    coefficients = np.random.default_rng(0).normal(size=(4, 2))
    learnt = compute_feature_weights(seen, rows, coefficients)
    np.testing.assert_allclose(
        compute_scores(seen, learnt)[rows], compute_kernel(seen, rows) @ coefficients, atol=1e-12
    )
    own, theirs = features(seen), features(viewer.transform(other))
    np.testing.assert_allclose(compute_scores(seen, learnt), own @ own[rows].T @ coefficients, atol=1e-12)
    np.testing.assert_allclose(
        compute_scores(viewer.transform(other), learnt), theirs @ own[rows].T @ coefficients, atol=1e-12
    )


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["I: Why?", "P: Budget. Gone!", "P: ...", "Q: The zebra waits.", "I: 👍"]), max_size=6))
def test_kernel_of_any_talk_is_symmetric_and_scores_agree_with_it(lines: list[str]) -> None:
    corpus, rest = corpus_from("\n".join([*lines, "P: End."])), corpus_from(ONE)
    seen = viewer_of(rest).transform(corpus)
    rows = np.arange(len(corpus))
    found = compute_kernel(seen, rows)
    assert np.array_equal(found, found.T)
    learnt = compute_feature_weights(seen, rows, np.eye(len(corpus)))
    np.testing.assert_allclose(compute_scores(seen, learnt), found, atol=1e-12)


def test_views_look_where_they_say() -> None:
    corpus = described(corpus_from(ONE, OTHER))
    seen = viewer_of(corpus).transform(corpus)
    sentences, turns = seen.blocks
    assert (tuple(sentences.views), tuple(turns.views)) == (tuple(SENTENCE_VIEWS), tuple(TURN_VIEWS))
    assert sentences.unit_rows["before"].tolist() == [-1, 0, 1, -1, -1, 4, -1]
    assert sentences.unit_rows["after"].tolist() == [1, 2, -1, -1, 5, -1, -1]
    # rows of turns: 4 answers, then 3 questions (ONE's two, OTHER's one), then the texts of cases ("" is one)
    assert turns.unit_rows["answer"].tolist() == [0, 0, 0, 1, 2, 2, 3]
    assert turns.unit_rows["question"].tolist() == [4, 4, 4, 5, -1, -1, 6]
    assert turns.unit_rows["reply"].tolist() == [5, 5, 5, -1, 6, 6, -1]
    assert turns.unit_rows["case"].tolist() == [7, 7, 7, 7, -1, -1, -1]


def test_places_that_are_nowhere_tell_nothing() -> None:
    corpus = corpus_from("P: Budget.\nQ: Wait.")
    found = compute_kernel(viewer_of(corpus).transform(corpus), np.array([0, 1]))
    # alike in words and lemmas; no piece of a word stands in two sentences
    assert found[0, 0] == pytest.approx(CONSTANT_KERNEL + 2 * (SENTENCE_VIEWS["own"] + TURN_VIEWS["answer"]))
    assert found[0, 1] == pytest.approx(CONSTANT_KERNEL)


def test_case_speaks_only_where_it_is_described() -> None:
    texts = ("P: Budget.", "P: Waits.", "P: Fear.")
    corpus = replace(corpus_from(*texts), case_texts=("group_x", "group_x", ""))
    viewer = Featuriser(Vocabulary.from_texts([*corpus.texts, "group_x", "group_x"], lemma))
    found = compute_kernel(viewer.transform(corpus), np.arange(3))
    assert found[0, 1] == pytest.approx(CONSTANT_KERNEL + 3 * TURN_VIEWS["case"])
    assert found[0, 2] == found[1, 2] == pytest.approx(CONSTANT_KERNEL)
    assert compute_kernel(viewer.transform(corpus_from(*texts)), np.arange(3))[0, 1] == pytest.approx(CONSTANT_KERNEL)


@both
def test_corpora_without_interviewer_or_without_sentences_can_be_looked_at(embed: Embed | None) -> None:
    corpus, silent, nothing = corpus_from("P: Budget. Wait.\nQ: Gone."), corpus_from("I: Why?"), corpus_from()
    viewer = viewer_of(corpus, embed)
    learnt = compute_feature_weights(viewer.transform(corpus), np.arange(3), np.ones((3, 2)))
    assert compute_scores(viewer.transform(corpus), learnt).shape == (3, 2)
    assert compute_scores(viewer.transform(corpus_from(ONE)), learnt).shape == (4, 2)
    for empty in (silent, nothing):
        assert compute_scores(viewer.transform(empty), learnt).shape == (0, 2)


def test_vectors_are_centred_on_what_was_learnt_from() -> None:
    corpus, other = corpus_from(ONE), corpus_from(UNSEEN)
    viewer = viewer_of(corpus, toy)
    before = viewer.transform(corpus)
    viewer.transform(other)
    np.testing.assert_array_equal(viewer.transform(corpus).blocks[2].rows, before.blocks[2].rows)
    np.testing.assert_array_equal(viewer.centre, toy(corpus.texts).mean(axis=0))
