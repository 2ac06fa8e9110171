"""Similarity to the codebook's entries: an example is left out for the transcripts that it occurs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from learning import corpus_from, lemma
from qualcode.model import Code, Codebook, Example
from qualcode.suggest.learning import Corpus
from qualcode.suggest.learning.entry_similarity import EntryFeatures
from qualcode.suggest.learning.features import Featuriser
from qualcode.suggest.learning.vocabulary import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

TALKS = ("I: Is money gone?\nP: The budget is gone. It’s “fine” — I wait.", "P: The budget is gone. They wait.")
"""T0 has units 0 and 1, T1 units 2 and 3."""


def similarities(corpus: Corpus, *codes: Code) -> tuple[Matrix, ...]:
    """Return similarities to definitions (of sentence, question, answer), to examples and to counterexamples."""
    featuriser = Featuriser(Vocabulary.from_texts([*corpus.texts, *corpus.turns], lemma))
    return EntryFeatures(Codebook(codes=codes), featuriser.vocabulary).compute_similarities(
        featuriser.transform(corpus), corpus
    )


def similar_units(corpus: Corpus, *examples: Example) -> list[bool]:
    """Return whether each unit is similar to an example; counterexamples must have the same similarity."""
    similarity = similarities(corpus, Code("f/a", "", examples=examples))[3]
    other = similarities(corpus, Code("f/a", "", counterexamples=examples))
    assert np.array_equal(other[4], similarity)
    assert not other[3].any()
    return [bool(value) for value in similarity[:, 0] > 0]


def test_example_is_left_out_for_its_transcript_only() -> None:
    similarity = similarities(
        corpus_from(*TALKS), Code("f/a", "", examples=(Example("They wait."), Example("gone budgets")))
    )
    # "They wait." is in T1, so that only T0 may be similar to it, and only by one word
    assert similarity[3][3, 0] == 0
    assert 0 < similarity[3][1, 0] < 1
    assert similarity[3][0, 0] == pytest.approx(similarity[3][2, 0])
    assert similarity[3][0, 0] > 0


def test_example_is_left_out_for_the_transcript_that_it_names() -> None:
    corpus = corpus_from(*TALKS)
    assert similar_units(corpus, Example("gone budget")) == [True, False, True, False]
    assert similar_units(corpus, Example("gone budget", "T0")) == [False, False, True, False]
    assert similar_units(corpus, Example("gone budget", "T9")) == [True, False, True, False]


@pytest.mark.parametrize(
    "quote",
    [
        "It’s “fine” — I wait.",
        "  It’s   “fine”\n\t— I\u00a0wait.\n",
        'it\'s "fine" - I wait',
        "gone. It’s “fine”",
        "IT’S “FINE”",
    ],
)
def test_example_is_left_out_where_its_words_occur(quote: str) -> None:
    corpus = corpus_from(*TALKS, "P: It is fine, I say. Gone.")
    similarity = similar_units(corpus, Example(quote))
    assert similarity[:2] == [False, False]
    assert similarity[4]


def test_example_inside_other_words_is_not_an_occurrence() -> None:
    corpus = corpus_from("P: Nobody waits.", "P: Nobody. Wait!")
    assert similar_units(corpus, Example("body wait")) == [True, False, True]
    assert similar_units(corpus, Example("wait nobody")) == [True, True, True]


@pytest.mark.parametrize("quote", ["", "  \n", "?!…"])
def test_example_without_words_has_no_similarity(quote: str) -> None:
    assert not any(similar_units(corpus_from(*TALKS), Example(quote)))


def test_other_examples_count_where_one_is_left_out() -> None:
    examples = (Example("The budget is gone.", "T0"), Example("A gone budget."))
    assert similar_units(corpus_from(*TALKS), *examples) == [True, False, True, False]


def test_examples_belong_to_their_code() -> None:
    codes = (Code("f/a", ""), Code("f/b", "", examples=(Example("gone budget"),)), Code("f/c", ""))
    similarity = similarities(corpus_from(*TALKS), *codes)
    assert (similarity[3] > 0).any(axis=0).tolist() == [False, True, False]
    assert all(values.shape == (4, 3) for values in similarity)


def test_definition_is_compared_with_sentence_question_and_answer() -> None:
    sentence, question, answer, *_ = similarities(corpus_from(*TALKS), Code("f/a", "Money", include="They"))
    assert (sentence[:, 0] > 0).tolist() == [False, False, False, True]
    assert (question[:, 0] > 0).tolist() == [True, True, False, False]
    assert (answer[:, 0] > 0).tolist() == [False, False, True, True]


def test_similarities_without_sentences_or_examples_are_zero() -> None:
    assert [values.shape for values in similarities(corpus_from(), Code("f/a", ""))] == [(0, 1)] * 5
    assert [values.any() for values in similarities(corpus_from(*TALKS), Code("f/a", ""))] == [False] * 5
