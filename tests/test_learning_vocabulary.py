"""Vocabularies: compared with scikit-learn's tf-idf, as laws, and on unusual texts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from learning import lemma
from qualcode.suggest.learning.vocabulary import FEATURE_KINDS, Lexicon, Vocabulary, character_ngrams, split_words

TEXTS = (
    "The budget is gone, and the budgets of others too.",
    "Nobody told me what it earns.",
    "Nobody told me; nobody asks.",
    "It is, it is.",
    "Wait!",
    "The budget is gone, and the budgets of others too.",
)

STRANGE = (
    "",
    "   \n\t ",
    "?!… —",
    "👍🏽 🎉",
    "a",
    "預算已經用完了。没有人告诉我",
    "예산이 없다",
    "x" * 5000,
    "nul\x00here \x00",
    "\ud800 lone \udfff",
    "cafe\u0301 e\u0301e\u0301",
    "İstanbul ẞ ﬁne",
    "__ _ 1 2.5",
    "한",
)

texts_of_any_kind = st.lists(
    st.one_of(
        st.text(max_size=20), st.lists(st.sampled_from("the budgets budget is a 预算 gone".split())).map(" ".join)
    ),
    max_size=6,
)


def tfidf(
    vocabulary: Vocabulary, texts: list[str], kind: str = "words"
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the rows of one kind, texts x features."""
    found = vocabulary.weight_counts(vocabulary.count_features(texts))[:, vocabulary.kind_columns(kind)].toarray()
    assert isinstance(found, np.ndarray)
    return found


def unchanged(word: str) -> str:
    """Return a word unchanged."""
    return word


@pytest.mark.parametrize(("kind", "by"), [("words", unchanged), ("lemmas", lemma)])
def test_tfidf_of_words_and_lemmas_equals_scikit_learn(kind: str, by: Callable[[str], str]) -> None:
    vocabulary = Vocabulary.from_texts(TEXTS, lemma)

    def cut(text: str) -> list[str]:
        words = [by(word) for word in split_words(text)]
        return words + [" ".join(pair) for pair in pairwise(words)]

    theirs = TfidfVectorizer(analyzer=cut, sublinear_tf=True).fit_transform(TEXTS).toarray()
    ours = tfidf(vocabulary, list(TEXTS), kind)
    assert ours.shape == theirs.shape
    # the columns differ in order, but products of rows do not
    np.testing.assert_allclose(ours @ ours.T, theirs @ theirs.T, atol=1e-9)
    np.testing.assert_allclose(np.sort(ours, axis=1), np.sort(theirs, axis=1), atol=1e-9)


def test_word_pattern_equals_scikit_learn() -> None:
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\w+").fit(TEXTS)
    theirs = vectorizer.transform(TEXTS).toarray()
    ours = tfidf(Vocabulary.from_texts(TEXTS, lemma), list(TEXTS))
    np.testing.assert_allclose(ours @ ours.T, theirs @ theirs.T, atol=1e-9)


def test_columns_are_words_in_order_of_occurrence_then_pairs() -> None:
    vocabulary = Vocabulary.from_texts(["b a b a", "a"], lemma)
    words, _, _ = vocabulary.count_features(["b a b a", "a b", "a c"])
    # b, a; then the pairs a b and b a by their ids (b is 0, a is 1); then unknown features
    assert words.toarray().tolist() == [[2, 2, 2, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 2]]


def test_character_ngrams_equal_scikit_learn_with_two_texts() -> None:
    vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2)
    letters = [" ".join(split_words(text)) for text in TEXTS]  # char_wb would keep points and commas
    theirs = vectorizer.fit(letters)
    vocabulary = Vocabulary.from_texts(TEXTS, lemma)
    assert set(vocabulary.character_ngrams.ngrams) == set(theirs.get_feature_names_out())
    ours = vocabulary.count_features(TEXTS)[2].toarray()
    order = [vocabulary.character_ngrams.ngrams.index(ngram) for ngram in theirs.get_feature_names_out()]
    assert ours[:, order].tolist() == theirs.transform(letters).toarray().tolist()


def test_character_ngrams_of_short_words_and_ideograms() -> None:
    assert character_ngrams("a") == [" a "]
    assert character_ngrams("预算了") == ["预", "算", "了", "预算", "算了"]
    assert character_ngrams("banana").count("ana") == 2


def test_unknown_words_count_towards_the_length_of_a_row() -> None:
    vocabulary = Vocabulary.from_texts(["budget", "wait"], lemma)
    known, unknown = np.log(3 / 2) + 1, np.log(3) + 1
    rows = tfidf(vocabulary, ["budget", "budget zebra", "zebra quagga"])
    # with the word zebra comes the pair: two unknown features
    expected = known / np.sqrt(known**2 + 2 * unknown**2)
    np.testing.assert_allclose(rows, [[1, 0], [expected, 0], [0, 0]])


def test_character_ngrams_of_one_text_have_idf_of_unknown_ones() -> None:
    vocabulary = Vocabulary.from_texts(["ab", "ab", "cd"], lemma)
    # each word has three n-grams; those of cd are in one text only, and so are no features
    known, unknown = np.log(4 / 3) + 1, np.log(4) + 1
    found = tfidf(vocabulary, ["ab", "ab cd", "cd"], "character n-grams")
    expected = known / np.sqrt(3 * (known**2 + unknown**2))
    np.testing.assert_allclose(found, [[1 / np.sqrt(3)] * 3, [expected] * 3, [0] * 3])


def test_unknown_word_form_has_feature_of_its_lemma() -> None:
    vocabulary = Vocabulary.from_texts(["budget", "wait"], lemma)
    assert tfidf(vocabulary, ["budgets"]).tolist() == [[0, 0]]
    assert tfidf(vocabulary, ["budgets"], "lemmas").tolist() == [[1, 0]]


def test_counting_new_texts_does_not_change_earlier_results() -> None:
    vocabulary = Vocabulary.from_texts(TEXTS, lemma)
    before = vocabulary.weight_counts(vocabulary.count_features(["the zebra is gone", *TEXTS])).toarray()
    vocabulary.count_features(["zebra quaggas of the quagga", "gone zebra is", *STRANGE])
    after = vocabulary.weight_counts(vocabulary.count_features(["the zebra is gone", *TEXTS])).toarray()
    assert np.array_equal(before, after)


@pytest.mark.parametrize("text", STRANGE)
def test_rows_of_unusual_text_have_length_1(text: str) -> None:
    vocabulary = Vocabulary.from_texts([text, text], lemma)
    others = Vocabulary.from_texts(TEXTS, lemma)
    for kind in FEATURE_KINDS:
        ours = tfidf(vocabulary, [text, ""], kind)
        length = np.linalg.norm(ours, axis=1)
        assert length.tolist() == pytest.approx([float(bool(split_words(text))), 0])
        assert not tfidf(others, ["", "!?"], kind).any()
        assert np.linalg.norm(tfidf(others, [text], kind)) <= 1


def test_vocabulary_of_no_texts_is_empty() -> None:
    vocabulary = Vocabulary.from_texts([], lemma)
    assert vocabulary.weight_counts(vocabulary.count_features([])).shape == (0, 0)
    assert vocabulary.weight_counts(vocabulary.count_features(["budget", ""])).shape == (2, 0)
    some = Vocabulary.from_texts(TEXTS, lemma)
    assert some.weight_counts(some.count_features([])).shape[0] == 0


def test_lexicon_gives_a_new_word_one_id() -> None:
    lexicon = Lexicon(lemma)
    assert lexicon.add(["budgets", "budget", "budgets", "wait"]) == [0, 1, 0, 2]
    assert lexicon.lemma_ids.tolist() == [0, 0, 1]
    assert len(lexicon) == 3


@settings(max_examples=60)
@given(texts_of_any_kind, texts_of_any_kind)
def test_rows_of_each_kind_have_at_most_length_1(training: list[str], others: list[str]) -> None:
    vocabulary = Vocabulary.from_texts(training, lemma)
    for kind in FEATURE_KINDS:
        rows = tfidf(vocabulary, [*training, *others], kind)
        assert np.all(np.isfinite(rows))
        assert np.all(rows >= 0)
        assert np.all(np.linalg.norm(rows, axis=1) <= 1 + 1e-12)


@settings(max_examples=40)
@given(texts_of_any_kind, st.data())
def test_order_of_texts_permutes_rows(training: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(training))))
    vocabulary = Vocabulary.from_texts(training, lemma)
    rows = vocabulary.weight_counts(vocabulary.count_features(training)).toarray()
    mixed = [training[index] for index in order]
    assert np.array_equal(vocabulary.weight_counts(vocabulary.count_features(mixed)).toarray(), rows[list(order)])
    # so for the vocabulary: columns may be in another order, but products of rows do not change
    other = Vocabulary.from_texts(mixed, lemma)
    again = other.weight_counts(other.count_features(training)).toarray()
    np.testing.assert_allclose(again @ again.T, rows @ rows.T, atol=1e-9)


def test_combining_marks_belong_to_the_letter_before_them() -> None:
    assert split_words("हमारे पास पैसा नहीं था।") == ["हमारे", "पास", "पैसा", "नहीं", "था"]
    assert split_words("Cafe\u0301!") == ["cafe\u0301"]
