"""Similarity of sentences to the codebook's entries: cosines over tf-idf of lemmas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.model import Codebook, Example
from qualcode.suggest.learning.corpus import Corpus, take_rows
from qualcode.suggest.learning.vocabulary import split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.features import CorpusFeatures
    from qualcode.suggest.learning.vocabulary import Vocabulary

    Matrix = NDArray[np.float64]
    Columns = Any
    """A scipy CSC matrix, features x texts."""


class EntryFeatures:
    """The codebook's definitions, examples and counterexamples as features."""

    def __init__(self, book: Codebook, vocabulary: Vocabulary) -> None:
        self._lemmas = vocabulary.kind_columns("lemmas")
        self._definitions = self._columns([f"{c.name}. {c.definition} {c.include}" for c in book.codes], vocabulary)
        self._quotes = [
            _ExampleQuotes([code.examples for code in book.codes]),
            _ExampleQuotes([code.counterexamples for code in book.codes]),
        ]
        self._quote_columns = [self._columns(quotes.texts, vocabulary) for quotes in self._quotes]

    def _columns(self, texts: Sequence[str], vocabulary: Vocabulary) -> Columns:
        return vocabulary.weight_counts(vocabulary.count_features(texts))[:, self._lemmas].T.tocsc()

    def compute_similarities(self, features: CorpusFeatures, corpus: Corpus) -> tuple[Matrix, ...]:
        """Return five similarities of units to codes, each units x codes, cosines from 0 to 1.

        They are those of the sentence, of the question and of the answer to the definition, and of the sentence to the
        nearest example and counterexample. An example is left out for the transcripts that it occurs in: there it
        would be similar to its own words.
        """
        sentences, turns = (block.rows[:, self._lemmas] for block in features.blocks[:2])
        unit_rows = features.blocks[1].unit_rows
        turn_similarity = (turns @ self._definitions).toarray()
        occurrences = _QuoteOccurrences(corpus)
        return (
            (sentences @ self._definitions).toarray(),
            take_rows(turn_similarity, unit_rows["question"]),
            take_rows(turn_similarity, unit_rows["answer"]),
            *(
                quotes.max_similarity((sentences @ columns).toarray(), corpus, occurrences)
                for quotes, columns in zip(self._quotes, self._quote_columns, strict=True)
            ),
        )


class _QuoteOccurrences:
    """Finds the transcripts of a corpus that have a quote; case, punctuation and spaces are ignored."""

    def __init__(self, corpus: Corpus) -> None:
        # Per transcript, not per sentence: an example may extend over several sentences.
        texts: list[list[str]] = [[] for _ in corpus.transcripts]
        for transcript, text in zip(corpus.transcript.tolist(), corpus.texts, strict=True):
            texts[transcript].append(text)
        self._index = {name: index for index, name in enumerate(corpus.transcripts)}
        self._texts = [_normalise_words(" ".join(sentences)) for sentences in texts]

    def find_transcripts(self, example: Example) -> list[int]:
        """Return the indices of the transcripts with an example's quote and of the one that the example names."""
        quote = _normalise_words(example.quote)
        indices = [index for index, text in enumerate(self._texts) if quote in text]
        return [*indices, self._index[example.transcript]] if example.transcript in self._index else indices


def _normalise_words(text: str) -> str:
    # Spaces at both ends: a quote is found only as whole words.
    return f" {' '.join(split_words(text))} "


class _ExampleQuotes:
    """The quotes of all codes, with the code of each."""

    def __init__(self, examples_by_code: Sequence[Sequence[Example]]) -> None:
        self._examples = [example for examples in examples_by_code for example in examples]
        self._code = np.repeat(np.arange(len(examples_by_code)), [len(examples) for examples in examples_by_code])
        self._code_count = len(examples_by_code)
        self.texts = [example.quote for example in self._examples]

    def max_similarity(self, similarity: Matrix, corpus: Corpus, occurrences: _QuoteOccurrences) -> Matrix:
        """Return the similarity to the nearest quote of each code, units x codes.

        ``similarity`` is units x quotes; it is modified.
        """
        for quote, example in enumerate(self._examples):
            has_quote = np.isin(corpus.transcript, occurrences.find_transcripts(example))
            similarity[has_quote, quote] = 0
        nearest = np.zeros((len(corpus), self._code_count))
        for code in np.unique(self._code):
            nearest[:, code] = similarity[:, self._code == code].max(axis=1, initial=0)
        return nearest
