"""How alike sentences are to what the codebook says of each code: cosines over tf-idf of lemmas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.model import Codebook, Example
from qualcode.suggest.learning.corpus import NO_INDEX, Corpus
from qualcode.suggest.learning.vocabulary import split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.features import CorpusFeatures
    from qualcode.suggest.learning.vocabulary import Vocabulary

    Matrix = NDArray[np.float64]
    Rows = Any


class EntryFeatures:
    """The codebook's definitions, examples and counterexamples as features."""

    def __init__(self, book: Codebook, vocabulary: Vocabulary) -> None:
        self._lemmas = vocabulary.kind_columns("lemmas")
        self._definitions = self._rows([f"{c.name}. {c.definition} {c.include}" for c in book.codes], vocabulary)
        self._examples = [
            _ExampleQuotes([getattr(code, kind) for code in book.codes]) for kind in ("examples", "counterexamples")
        ]
        self._quoted = [self._rows(quotes.texts, vocabulary) for quotes in self._examples]

    def _rows(self, texts: Sequence[str], vocabulary: Vocabulary) -> Rows:
        return vocabulary.weight_counts(vocabulary.count_features(texts))[:, self._lemmas].T.tocsc()

    def compute_similarities(self, seen: CorpusFeatures, corpus: Corpus) -> tuple[Matrix, ...]:
        """Return likeness of sentence, question and answer to definitions, to examples and to counterexamples.

        Each is units x codes. An example tells nothing of the transcript that it was taken from: there it is left out.
        """
        sentences, turns = (look.rows[:, self._lemmas] for look in seen.blocks[:2])
        places = seen.blocks[1].unit_rows
        by_turn = (turns @ self._definitions).toarray()
        standing = _QuoteOccurrences(corpus)
        return (
            (sentences @ self._definitions).toarray(),
            *(np.where((at != NO_INDEX)[:, None], by_turn[at], 0) for at in (places["question"], places["answer"])),
            *(
                quotes.max_similarity((sentences @ rows).toarray(), corpus, standing)
                for quotes, rows in zip(self._examples, self._quoted, strict=True)
            ),
        )


class _QuoteOccurrences:
    """Tells in which transcripts of a corpus a quote stands, word for word: case, marks and spaces do not matter."""

    def __init__(self, corpus: Corpus) -> None:
        said: list[list[str]] = [[] for _ in corpus.transcripts]
        for place, text in zip(corpus.transcript.tolist(), corpus.texts, strict=True):
            said[place].append(text)
        self._place: Mapping[str, int] = {name: place for place, name in enumerate(corpus.transcripts)}
        self._texts = [_normalise_words(" ".join(texts)) for texts in said]

    def find_transcripts(self, example: Example) -> list[int]:
        quote = _normalise_words(example.quote)
        found = [place for place, text in enumerate(self._texts) if quote in text]
        return found if example.transcript not in self._place else [*found, self._place[example.transcript]]


def _normalise_words(text: str) -> str:
    return f" {' '.join(split_words(text))} "


class _ExampleQuotes:
    """Quotes by code."""

    def __init__(self, by_code: Sequence[Sequence[Example]]) -> None:
        self._quotes = [example for examples in by_code for example in examples]
        self._code = np.repeat(np.arange(len(by_code)), [len(examples) for examples in by_code])
        self._codes = len(by_code)
        self.texts = [example.quote for example in self._quotes]

    def max_similarity(self, alike: Matrix, corpus: Corpus, standing: _QuoteOccurrences) -> Matrix:
        """Return the likeness to the nearest quote of each code, units x codes, from units x quotes."""
        for number, example in enumerate(self._quotes):
            own = np.isin(corpus.transcript, standing.find_transcripts(example))
            alike[own, number] = 0
        found = np.zeros((len(corpus), self._codes))
        for code in np.unique(self._code):
            found[:, code] = alike[:, self._code == code].max(axis=1, initial=0)
        return found
