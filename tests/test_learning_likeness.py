"""Likeness to the codebook: an example says nothing of the transcript that it was taken from."""

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


def likeness(corpus: Corpus, *codes: Code) -> tuple[Matrix, ...]:
    """Return likeness to definitions (of sentence, question, answer), to examples and to counterexamples."""
    viewer = Featuriser(Vocabulary.from_texts([*corpus.texts, *corpus.turns], lemma))
    return EntryFeatures(Codebook(codes=codes), viewer.vocabulary).compute_similarities(
        viewer.transform(corpus), corpus
    )


def to_examples(corpus: Corpus, *examples: Example) -> list[bool]:
    """Tell which units are like any example of a code, and check that counterexamples give the same numbers."""
    found = likeness(corpus, Code("f/a", "", examples=examples))[3]
    other = likeness(corpus, Code("f/a", "", counterexamples=examples))
    assert np.array_equal(other[4], found)
    assert not other[3].any()
    return [bool(one) for one in found[:, 0] > 0]


def test_example_of_elsewhere_is_as_alike_as_its_words() -> None:
    found = likeness(corpus_from(*TALKS), Code("f/a", "", examples=(Example("They wait."), Example("gone budgets"))))
    # "They wait." stands in T1, so only T0 may be like it, and only by the one word
    assert found[3][3, 0] == 0
    assert 0 < found[3][1, 0] < 1
    assert found[3][0, 0] == pytest.approx(found[3][2, 0])
    assert found[3][0, 0] > 0


def test_example_tells_nothing_of_the_transcript_that_it_names() -> None:
    corpus = corpus_from(*TALKS)
    assert to_examples(corpus, Example("gone budget")) == [True, False, True, False]
    assert to_examples(corpus, Example("gone budget", "T0")) == [False, False, True, False]
    assert to_examples(corpus, Example("gone budget", "T9")) == [True, False, True, False]


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
def test_example_tells_nothing_of_a_transcript_where_its_words_stand(quote: str) -> None:
    corpus = corpus_from(*TALKS, "P: It is fine, I say. Gone.")
    found = to_examples(corpus, Example(quote))
    assert found[:2] == [False, False]
    assert found[4]


def test_words_that_stand_inside_other_words_do_not_stand_there() -> None:
    corpus = corpus_from("P: Nobody waits.", "P: Nobody. Wait!")
    assert to_examples(corpus, Example("body wait")) == [True, False, True]
    assert to_examples(corpus, Example("wait nobody")) == [True, True, True]


@pytest.mark.parametrize("quote", ["", "  \n", "?!…"])
def test_example_without_words_is_like_nothing(quote: str) -> None:
    assert not any(to_examples(corpus_from(*TALKS), Example(quote)))


def test_another_example_still_counts_where_one_is_left_out() -> None:
    examples = (Example("The budget is gone.", "T0"), Example("A gone budget."))
    assert to_examples(corpus_from(*TALKS), *examples) == [True, False, True, False]


def test_examples_belong_to_their_code() -> None:
    codes = (Code("f/a", ""), Code("f/b", "", examples=(Example("gone budget"),)), Code("f/c", ""))
    found = likeness(corpus_from(*TALKS), *codes)
    assert (found[3] > 0).any(axis=0).tolist() == [False, True, False]
    assert all(one.shape == (4, 3) for one in found)


def test_definition_is_compared_with_sentence_question_and_answer() -> None:
    sentence, question, answer, *_ = likeness(corpus_from(*TALKS), Code("f/a", "Money", include="They"))
    assert (sentence[:, 0] > 0).tolist() == [False, False, False, True]
    assert (question[:, 0] > 0).tolist() == [True, True, False, False]
    assert (answer[:, 0] > 0).tolist() == [False, False, True, True]


def test_no_sentences_and_no_examples_are_like_nothing() -> None:
    assert [one.shape for one in likeness(corpus_from(), Code("f/a", ""))] == [(0, 1)] * 5
    assert [one.any() for one in likeness(corpus_from(*TALKS), Code("f/a", ""))] == [False] * 5
