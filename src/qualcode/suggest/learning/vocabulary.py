"""What sentences are made of, as sparse rows: words and pairs of words, their lemmas, pieces of words.

Each kind is weighted by tf-idf (1 + ln tf, times 1 + ln((1 + n) / (1 + df))) and scaled to length 1, so that the
product of two rows adds up three cosines. What no text learnt from had counts towards the length as well: else a
sentence in new words would look more like those learnt from than it is. Counts have it in a last column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from qualcode.anchors import WORD_MARKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Weights = NDArray[np.float64]
    Rows = Any
    """A scipy CSR matrix, texts x features."""

WORD_PATTERN = rf"\w[\w{WORD_MARKS}]*"
"""A word, with the marks of its letters: without them Hindi would be cut into single letters."""

_WORD = re.compile(WORD_PATTERN)
_NGRAM_SIZES = (3, 4, 5)
_IDEOGRAM_NGRAM_SIZES = (1, 2)
_FIRST_IDEOGRAM = "\u2e80"
_MIN_SENTENCES = 2
"""Sentences that a piece of a word must stand in to be a feature."""

FEATURE_KINDS = ("words", "lemmas", "pieces")


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def find_word_spans(text: str) -> list[tuple[int, int]]:
    """Return where the words of a text begin and end, as many as `split_words` returns."""
    return [match.span() for match in _WORD.finditer(text)]


def character_ngrams(word: str) -> list[str]:
    """Return the pieces of a word, its edges marked; a script without spaces is taken by characters and pairs.

    >>> pieces_of("do")
    [' do', 'do ', ' do ']
    """
    sizes = _IDEOGRAM_NGRAM_SIZES if max(word) >= _FIRST_IDEOGRAM else _NGRAM_SIZES
    edged = word if sizes is _IDEOGRAM_NGRAM_SIZES else f" {word} "
    return [edged[at : at + size] for size in sizes for at in range(len(edged) - size + 1)]


class Lexicon:
    """Distinct words by number, each with the number of its lemma; it grows as texts come."""

    def __init__(self, lemma: Callable[[str], str], words: Iterable[str] = ()) -> None:
        self._lemma_of = lemma
        self._number: dict[str, int] = {}
        self._lemma_number: dict[str, int] = {}
        self.words: list[str] = []
        self._lemma: list[int] = []
        self.add(words)

    def __len__(self) -> int:
        return len(self.words)

    @property
    def lemma_numbers(self) -> Numbers:
        """Numbers of the lemmas of all words."""
        return np.array(self._lemma, dtype=np.int64)

    def add(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of words, new ones learnt."""
        number = self._number
        return [number[word] if word in number else self._add_word(word) for word in words]

    def _add_word(self, word: str) -> int:
        lemma = self._lemma_of(word)
        self._lemma.append(self._lemma_number.setdefault(lemma, len(self._lemma_number)))
        self.words.append(word)
        return self._number.setdefault(word, len(self._number))


@dataclass(frozen=True)
class EncodedTexts:
    """Texts as numbers of words: ``numbers[ends[i]:ends[i + 1]]`` are those of text ``i``."""

    numbers: Numbers
    ends: Numbers

    @classmethod
    def encode(cls, texts: Sequence[str], lexicon: Lexicon) -> EncodedTexts:
        """Spell texts with the numbers of a lexicon."""
        rows = [lexicon.add(split_words(text)) for text in texts]
        ends = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=ends[1:])
        return cls(np.array([number for row in rows for number in row], dtype=np.int64), ends)

    def map_numbers(self, other: Numbers) -> EncodedTexts:
        """Return the same texts with other numbers, as of lemmas, for those of the words."""
        return EncodedTexts(other[self.numbers], self.ends)

    def text_indices(self) -> Numbers:
        """Return the text that each word stands in."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))


@dataclass(frozen=True)
class WordNgrams:
    """Features of one kind: single numbers below ``singles``, then pairs of neighbours by their sorted keys."""

    unigram_count: int
    bigrams: Numbers

    @classmethod
    def of(cls, spelt: EncodedTexts, singles: int) -> WordNgrams:
        """Return the terms that stand in texts."""
        return cls(singles, np.unique(_list_bigrams(spelt)[1]))

    def __len__(self) -> int:
        return self.unigram_count + len(self.bigrams)

    def count(self, spelt: EncodedTexts) -> Rows:
        """Return how often each term stands in each text, texts x terms, and in a last column those not known."""
        at, keys = _list_bigrams(spelt)
        place, there = _find_keys(self.bigrams, keys)
        singles = np.where(spelt.numbers < self.unigram_count, spelt.numbers, len(self))
        pairs = np.where(there, self.unigram_count + place, len(self))
        return _count_matrix(
            np.r_[spelt.text_indices(), at], np.r_[singles, pairs], (len(spelt.ends) - 1, len(self) + 1)
        )


def _list_bigrams(spelt: EncodedTexts) -> tuple[Numbers, Numbers]:
    """Return the rows and keys of pairs of neighbouring words."""
    rows, numbers = spelt.text_indices(), spelt.numbers
    inside = rows[1:] == rows[:-1]
    return rows[1:][inside], ((numbers[:-1] << 32) | numbers[1:])[inside]


def _find_keys(known: Numbers, keys: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the place of each key among sorted known ones, and whether it is one of them."""
    if not len(known):
        return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return place, known[place] == keys


def _count_matrix(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> Rows:
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


class CharacterNgrams:
    """Features of pieces of words, for any word, known or not."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.ngrams = tuple(pieces)
        self._column = {piece: place for place, piece in enumerate(self.ngrams)}
        self._columns_by_word: dict[int, list[int]] = {}

    @classmethod
    def of(cls, spelt: EncodedTexts, words: Sequence[str]) -> CharacterNgrams:
        """Return the pieces that stand in at least two texts."""
        everything = cls(sorted({piece for word in words for piece in character_ngrams(word)}))
        often = np.bincount(everything.count(spelt, words).indices, minlength=len(everything.ngrams)) >= _MIN_SENTENCES
        return cls([piece for piece, kept in zip(everything.ngrams, often[: len(everything)], strict=True) if kept])

    def __len__(self) -> int:
        return len(self.ngrams)

    def word_columns(self, number: int, words: Sequence[str]) -> list[int]:
        """Return the features of a word, one that it has twice twice."""
        if number not in self._columns_by_word:
            column = self._column
            self._columns_by_word[number] = [
                column.get(piece, len(column)) for piece in character_ngrams(words[number])
            ]
        return self._columns_by_word[number]

    def count(self, spelt: EncodedTexts, words: Sequence[str]) -> Rows:
        """Return how often each piece stands in the words of each text, and the rest in a last column."""
        distinct, place = np.unique(spelt.numbers, return_inverse=True)
        found = [self.word_columns(number, words) for number in distinct.tolist()]
        ends = np.r_[0, np.cumsum([len(columns) for columns in found])].astype(np.int64)
        flat = np.array([column for columns in found for column in columns], dtype=np.int64)
        shape = (len(distinct), len(self) + 1)
        by_word = sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=shape)
        return _count_matrix(spelt.text_indices(), place, (len(spelt.ends) - 1, len(distinct))) @ by_word


class Vocabulary:
    """The features of texts that were learnt from, with how rare each is among them."""

    def __init__(
        self, lexicon: Lexicon, terms: tuple[WordNgrams, WordNgrams], pieces: CharacterNgrams, rarity: Sequence[Weights]
    ) -> None:
        self.lexicon = lexicon
        self.word_ngrams = terms
        self.character_ngrams = pieces
        self.idf = tuple(rarity)

    @classmethod
    def of(cls, texts: Sequence[str], lemma: Callable[[str], str]) -> Vocabulary:
        """Learn the vocabulary of texts; it knows nothing of what they were coded with."""
        lexicon = Lexicon(lemma)
        spelt = EncodedTexts.encode(texts, lexicon)
        lemmas = spelt.map_numbers(lexicon.lemma_numbers)
        terms = (
            WordNgrams.of(spelt, len(lexicon)),
            WordNgrams.of(lemmas, int(lexicon.lemma_numbers.max(initial=-1)) + 1),
        )
        pieces = CharacterNgrams.of(spelt, lexicon.words)
        made = cls(lexicon, terms, pieces, ())
        return cls(lexicon, terms, pieces, [_compute_idf(counts) for counts in made.count_features(texts)])

    def count_features(self, texts: Sequence[str]) -> tuple[Rows, Rows, Rows]:
        """Return the counts of each kind of feature in texts (see `FEATURE_KINDS`)."""
        spelt = EncodedTexts.encode(texts, self.lexicon)
        words, lemmas = self.word_ngrams
        by_lemma = lemmas.count(spelt.map_numbers(self.lexicon.lemma_numbers))
        return words.count(spelt), by_lemma, self.character_ngrams.count(spelt, self.lexicon.words)

    def kind_columns(self, name: str) -> slice:
        """Return the columns of a kind of feature (see `FEATURE_KINDS`) in weighted rows."""
        ends = np.cumsum([0, *(len(held) for held in (*self.word_ngrams, self.character_ngrams))]).tolist()
        at = FEATURE_KINDS.index(name)
        return slice(ends[at], ends[at + 1])

    def weight_counts(self, counts: Sequence[Rows]) -> Rows:
        """Return rows of all kinds side by side, weighted, each kind of length 1."""
        made = [_scale_tfidf(rows, rarity) for rows, rarity in zip(counts, self.idf, strict=True)]
        return sparse.hstack(made, format="csr")


def _compute_idf(counts: Rows) -> Weights:
    """Return ln((1 + n) / (1 + df)) + 1 of each column; the last is for what stands nowhere."""
    often = np.bincount(counts.indices, minlength=counts.shape[1])
    often[-1] = 0
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + often)) + 1)


def _scale_tfidf(counts: Rows, rarity: Weights) -> Rows:
    """Return (1 + ln tf) * rarity without the last column, rows scaled to the length they have with it."""
    known = counts[:, :-1]
    values = (1 + np.log(known.data)) * rarity[known.indices]
    rows = sparse.csr_matrix((values, known.indices, known.indptr), shape=known.shape)
    unknown = counts[:, -1].toarray().ravel() * rarity[-1] ** 2
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel() + unknown)
    return sparse.diags(1 / np.where(length > 0, length, 1)) @ rows
