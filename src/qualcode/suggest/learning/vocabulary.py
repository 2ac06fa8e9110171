"""Vocabulary: texts as sparse rows of words and word pairs, of their lemmas, and of character n-grams.

Each kind of feature is weighted by tf-idf, ``(1 + ln tf) (1 + ln((1 + n) / (1 + df)))``, and scaled to length 1, so
that the product of two rows is a sum of three cosines. Features that no training text has count towards the length:
without them a sentence of new words would seem more similar to the training texts than it is. Count matrices have
them in their last column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from qualcode.anchors import WORD_MARKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Weights = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]
    Rows = Any
    """A scipy CSR matrix, texts x features, of floats."""

WORD_PATTERN = rf"\w[\w{WORD_MARKS}]*"
"""A word with its combining marks, without which Hindi would be split into single letters."""

_WORD = re.compile(WORD_PATTERN)
# Character n-grams as in scikit-learn's char_wb analyser, so that inflections and misspellings share features.
_NGRAM_SIZES = (3, 4, 5)
# A Chinese or Japanese "word" is a whole clause, and its words have one or two characters.
_IDEOGRAM_NGRAM_SIZES = (1, 2)
# The block "CJK Radicals Supplement", from which on East Asian scripts follow.
_FIRST_IDEOGRAM = "\u2e80"
# An n-gram of a single text cannot relate it to another one, and there are many such n-grams.
_MIN_TEXTS = 2
"""Training texts that must have a character n-gram for it to be a feature."""

FEATURE_KINDS = ("words", "lemmas", "character n-grams")


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def find_word_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end offsets of the words of a text, one for each word of `split_words`."""
    return [match.span() for match in _WORD.finditer(text)]


def character_ngrams(word: str) -> list[str]:
    """Return the character n-grams of a word, with a space for each edge.

    Scripts without spaces have single characters and pairs, without edges.

    >>> character_ngrams("do")
    [' do', 'do ', ' do ']
    """
    sizes = _IDEOGRAM_NGRAM_SIZES if max(word) >= _FIRST_IDEOGRAM else _NGRAM_SIZES
    edged = word if sizes is _IDEOGRAM_NGRAM_SIZES else f" {word} "
    return [edged[start : start + size] for size in sizes for start in range(len(edged) - size + 1)]


class Lexicon:
    """Distinct words with an id each and the id of their lemma; new words are added as texts are encoded."""

    def __init__(self, lemmatize: Callable[[str], str]) -> None:
        self._lemmatize = lemmatize
        self._word_ids: dict[str, int] = {}
        self._ids_by_lemma: dict[str, int] = {}
        self.words: list[str] = []
        self._lemma_ids: list[int] = []

    def __len__(self) -> int:
        return len(self.words)

    @property
    def lemma_ids(self) -> Integers:
        """Id of the lemma of each word, shape (words,)."""
        return np.array(self._lemma_ids, dtype=np.int64)

    def add(self, words: Iterable[str]) -> list[int]:
        """Return the ids of words; new words are added."""
        ids = self._word_ids
        return [ids[word] if word in ids else self._add_word(word) for word in words]

    def _add_word(self, word: str) -> int:
        lemma = self._lemmatize(word)
        self._lemma_ids.append(self._ids_by_lemma.setdefault(lemma, len(self._ids_by_lemma)))
        self.words.append(word)
        return self._word_ids.setdefault(word, len(self._word_ids))


@dataclass(frozen=True)
class EncodedTexts:
    """Texts as word or lemma ids: ``ids[indptr[i]:indptr[i + 1]]`` are those of text ``i``, as in a CSR matrix."""

    ids: Integers
    indptr: Integers
    """Shape (texts + 1,)."""

    @classmethod
    def encode(cls, texts: Sequence[str], lexicon: Lexicon) -> EncodedTexts:
        """Return texts as word ids of a lexicon, to which new words are added."""
        rows = [lexicon.add(split_words(text)) for text in texts]
        indptr = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=indptr[1:])
        return cls(np.array([word_id for row in rows for word_id in row], dtype=np.int64), indptr)

    def map_ids(self, new_ids: Integers) -> EncodedTexts:
        """Return the same texts with ``new_ids[i]`` in place of the id ``i``; ``new_ids`` has shape (words,)."""
        return EncodedTexts(new_ids[self.ids], self.indptr)

    def text_indices(self) -> Integers:
        """Return the index of the text of each id, of the shape of ``ids``."""
        return np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr))


@dataclass(frozen=True)
class WordNgrams:
    """Features of one kind: the ids below ``unigram_count``, then pairs of neighbouring ids as sorted keys."""

    unigram_count: int
    bigrams: Integers
    """Shape (pairs,), sorted."""

    @classmethod
    def from_texts(cls, encoded: EncodedTexts, unigram_count: int) -> WordNgrams:
        """Return the n-grams of texts."""
        return cls(unigram_count, np.unique(_list_bigrams(encoded)[1]))

    def __len__(self) -> int:
        return self.unigram_count + len(self.bigrams)

    def count(self, encoded: EncodedTexts) -> Rows:
        """Return the count of each n-gram in each text, texts x (n-grams + 1)."""
        rows, keys = _list_bigrams(encoded)
        position, is_known = _find_keys(self.bigrams, keys)
        # Words that were added after training have higher ids; they count in the last column.
        unigrams = np.where(encoded.ids < self.unigram_count, encoded.ids, len(self))
        bigrams = np.where(is_known, self.unigram_count + position, len(self))
        return _count_matrix(
            np.r_[encoded.text_indices(), rows], np.r_[unigrams, bigrams], (len(encoded.indptr) - 1, len(self) + 1)
        )


def _list_bigrams(encoded: EncodedTexts) -> tuple[Integers, Integers]:
    """Return the text index and the key of each pair of neighbouring words."""
    rows, ids = encoded.text_indices(), encoded.ids
    same_text = rows[1:] == rows[:-1]
    # Two ids in one 64-bit number, which sorts and searches faster than pairs.
    return rows[1:][same_text], ((ids[:-1] << 32) | ids[1:])[same_text]


def _find_keys(known: Integers, keys: Integers) -> tuple[Integers, BoolArray]:
    """Return the position of each key among the sorted ``known`` keys, and whether it is one of them."""
    if not len(known):
        return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
    # searchsorted returns len(known) for a key above all others.
    position = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return position, known[position] == keys


def _count_matrix(rows: Integers, columns: Integers, shape: tuple[int, int]) -> Rows:
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


class CharacterNgrams:
    """Features of the character n-grams of words, which new words have too."""

    def __init__(self, ngrams: Sequence[str]) -> None:
        self.ngrams = tuple(ngrams)
        self._column = {ngram: column for column, ngram in enumerate(self.ngrams)}
        self._columns_by_word: dict[int, list[int]] = {}

    @classmethod
    def from_texts(cls, encoded: EncodedTexts, words: Sequence[str]) -> CharacterNgrams:
        """Return the n-grams that at least two texts have."""
        ngrams = cls(sorted({ngram for word in words for ngram in character_ngrams(word)}))
        frequency = np.bincount(ngrams.count(encoded, words).indices, minlength=len(ngrams))[: len(ngrams)]
        return cls([ngram for ngram, count in zip(ngrams.ngrams, frequency, strict=True) if count >= _MIN_TEXTS])

    def __len__(self) -> int:
        return len(self.ngrams)

    def word_columns(self, word_id: int, words: Sequence[str]) -> list[int]:
        """Return the column of each n-gram of a word; repeated n-grams are repeated."""
        if word_id not in self._columns_by_word:
            column = self._column
            self._columns_by_word[word_id] = [
                column.get(ngram, len(column)) for ngram in character_ngrams(words[word_id])
            ]
        return self._columns_by_word[word_id]

    def count(self, encoded: EncodedTexts, words: Sequence[str]) -> Rows:
        """Return the count of each n-gram in the words of each text, texts x (n-grams + 1)."""
        # N-grams are computed once for each distinct word; the product adds them up for each text.
        word_ids, row_of_id = np.unique(encoded.ids, return_inverse=True)
        columns_by_word = [self.word_columns(word_id, words) for word_id in word_ids.tolist()]
        indptr = np.r_[0, np.cumsum([len(columns) for columns in columns_by_word])].astype(np.int64)
        columns = np.array([column for columns in columns_by_word for column in columns], dtype=np.int64)
        shape = (len(word_ids), len(self) + 1)
        # Repeated columns of a word are not summed here; the matrix product does.
        counts_by_word = sparse.csr_matrix((np.ones(len(columns)), columns, indptr), shape=shape)
        words_by_text = _count_matrix(encoded.text_indices(), row_of_id, (len(encoded.indptr) - 1, len(word_ids)))
        return words_by_text @ counts_by_word


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The features of the training texts with the inverse document frequency (idf) of each."""

    lexicon: Lexicon
    word_ngrams: tuple[WordNgrams, WordNgrams]
    """Of words and of lemmas."""
    character_ngrams: CharacterNgrams
    idf: tuple[Weights, ...] = ()
    """One array for each of `FEATURE_KINDS`, shape (features + 1,)."""

    @classmethod
    def from_texts(cls, texts: Sequence[str], lemmatize: Callable[[str], str]) -> Vocabulary:
        """Return the vocabulary of training texts; their codes have no influence on it."""
        lexicon = Lexicon(lemmatize)
        encoded = EncodedTexts.encode(texts, lexicon)
        lemmas = encoded.map_ids(lexicon.lemma_ids)
        word_ngrams = (
            WordNgrams.from_texts(encoded, len(lexicon)),
            WordNgrams.from_texts(lemmas, int(lexicon.lemma_ids.max(initial=-1)) + 1),
        )
        vocabulary = cls(lexicon, word_ngrams, CharacterNgrams.from_texts(encoded, lexicon.words))
        return replace(vocabulary, idf=tuple(map(_compute_idf, vocabulary.count_features(texts))))

    def count_features(self, texts: Sequence[str]) -> tuple[Rows, Rows, Rows]:
        """Return the counts of each kind of feature (see `FEATURE_KINDS`), each texts x (features + 1)."""
        encoded = EncodedTexts.encode(texts, self.lexicon)
        words, lemmas = self.word_ngrams
        lemma_counts = lemmas.count(encoded.map_ids(self.lexicon.lemma_ids))
        return words.count(encoded), lemma_counts, self.character_ngrams.count(encoded, self.lexicon.words)

    def kind_columns(self, kind: str) -> slice:
        """Return the columns of a kind of feature (see `FEATURE_KINDS`) in weighted rows."""
        sizes = [len(features) for features in (*self.word_ngrams, self.character_ngrams)]
        ends = np.cumsum([0, *sizes]).tolist()
        number = FEATURE_KINDS.index(kind)
        return slice(ends[number], ends[number + 1])

    def weight_counts(self, counts: Sequence[Rows]) -> Rows:
        """Return the tf-idf of all kinds side by side, texts x features, from the counts of `count_features`.

        The part of each kind has at most length 1 in each row, and less where the text has unknown features.
        """
        weighted = [_scale_tfidf(rows, idf) for rows, idf in zip(counts, self.idf, strict=True)]
        return sparse.hstack(weighted, format="csr")


def _compute_idf(counts: Rows) -> Weights:
    """Return ln((1 + n) / (1 + df)) + 1 of each column; the last column is for unknown features, with df = 0."""
    document_frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    # The last column would otherwise have the n-grams that too few texts have.
    document_frequency[-1] = 0
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + document_frequency)) + 1)


def _scale_tfidf(counts: Rows, idf: Weights) -> Rows:
    """Return (1 + ln tf) * idf of the known features, each row divided by its length with the unknown ones."""
    known = counts[:, :-1]
    values = (1 + np.log(known.data)) * idf[known.indices]
    rows = sparse.csr_matrix((values, known.indices, known.indptr), shape=known.shape)
    # Each unknown occurrence counts as a feature of its own with tf 1.
    unknown = counts[:, -1].toarray().ravel() * idf[-1] ** 2
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel() + unknown)
    # An empty text keeps a row of zeros.
    return sparse.diags(1 / np.where(length > 0, length, 1)) @ rows
