"""Phrases among the cues: what their lemmas are, and where a text says the same lemmas in a row.

spaCy tokenises between white space, so a chunk of text (what stands between white space) has the same tokens
wherever it stands: each distinct one is looked at once, and only chunks around a phrase's rarest word are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from qualcode.suggest.cues.tokenizer import ChunkTokenizer
from qualcode.suggest.cues.turn_pages import CueSpan

_CHUNK = re.compile(r"\S+")
_FREQUENT = frozenset(
    "the a an of to in on at and or but for with have be do not it that this they we you say people".split()
)
"""Words that no phrase is looked for by, if it has others, as long as nothing is known of how often they are said."""

_Place = tuple[int, int]
"""A chunk by its number in a text, and a place in it."""


class Phrases:
    """Phrases by the numbers of their cues."""

    def __init__(self, phrases: Mapping[int, str], chunks: ChunkTokenizer) -> None:
        self._chunks = chunks
        self._lemmas = {cue: chunks.lemmas(phrase) for cue, phrase in phrases.items()}
        self._words = frozenset(chain.from_iterable(self._lemmas.values()))
        self._words_by_chunk: dict[str, frozenset[str]] = {}
        """Chunks with any word of a phrase, and which."""
        self._anchors: dict[str, list[tuple[int, int]]] = {}
        """Words that phrases are looked for by: each with the phrases, and its place in them."""
        self._anchor_chunks: set[str] = set()
        """Chunks with such a word."""
        self._has_frequencies = False
        self._choose_anchors(lambda word: (word in _FREQUENT, -len(word)))

    def _choose_anchors(self, often: Callable[[str], Any]) -> None:
        self._anchors = {}
        for cue, lemmas in self._lemmas.items():
            word = min(lemmas, key=often)
            self._anchors.setdefault(word, []).append((cue, lemmas.index(word)))
        self._anchor_chunks = {
            chunk for chunk, words in self._words_by_chunk.items() if not words.isdisjoint(self._anchors)
        }

    def add_chunks(self, said: Mapping[str, Iterable[str]]) -> None:
        """Look at chunks that were never seen, given with the words that they say."""
        for chunk, words in said.items():
            if not self._words.isdisjoint(words):
                found = self._words_by_chunk[chunk] = self._words.intersection(words)
                if not found.isdisjoint(self._anchors):
                    self._anchor_chunks.add(chunk)

    @property
    def anchor_chunks(self) -> set[str]:
        """Chunks without any of which a text holds no phrase."""
        return self._anchor_chunks

    def clear_chunks(self) -> None:
        """Forget the chunks that were seen."""
        self._words_by_chunk.clear()
        self._anchor_chunks.clear()

    def count_frequencies(self, split: Iterable[Sequence[str]]) -> None:
        """Find out from the first texts, by their chunks, which word of each phrase is the rarest."""
        if self._has_frequencies or not self._words:
            return
        self._has_frequencies = True
        counts: Counter[str] = Counter()
        for chunk, many in Counter(chain.from_iterable(split)).items():
            counts.update(dict.fromkeys(self._words_by_chunk.get(chunk, ()), many))
        self._choose_anchors(lambda word: (counts[word], word in _FREQUENT, -len(word)))

    def find(self, words: str, chunks: Sequence[str]) -> list[CueSpan]:
        """Return (cue, start, end) of the phrases in a text of these chunks, which were all learnt."""
        if self._anchor_chunks.isdisjoint(chunks):
            return []
        anchored = (at for at, chunk in enumerate(chunks) if chunk in self._anchor_chunks)
        places = [place for at in anchored for place in self._find_around_chunk(at, chunks)]
        if not places:
            return []
        reached = max(last for _, _, (last, _) in places) + 1
        starts = [match.start() for match in islice(_CHUNK.finditer(words), reached)]
        return [(cue, starts[first] + start, starts[last] + end) for cue, (first, start), (last, end) in places]

    def _find_around_chunk(self, at: int, chunks: Sequence[str]) -> Iterator[tuple[int, _Place, _Place]]:
        """Yield the phrases that have their rarest word in a chunk, each with the places where it begins and ends."""
        for number, (word, _, start, end) in enumerate(self._chunks[chunks[at]]):
            for cue, before in self._anchors.get(word, ()):
                if len(self._lemmas[cue]) == 1:
                    yield cue, (at, start), (at, end)
                elif whole := self._match_phrase(self._lemmas[cue], before, at, number, chunks):
                    yield cue, *whole

    def _match_phrase(
        self, lemmas: Sequence[str], before: int, at: int, number: int, chunks: Sequence[str]
    ) -> tuple[_Place, _Place] | None:
        """Return where a phrase begins and ends whose word ``before`` is token ``number`` of a chunk, if it is there.

        A chunk has at least one token, so that the phrase's other words are not further off than as many chunks.
        """
        after = len(lemmas) - 1 - before
        if before > number and (at == 0 or chunks[at - 1] not in self._words_by_chunk):
            return None
        if number + after >= len(self._chunks[chunks[at]]) and self._words_by_chunk.keys().isdisjoint(
            chunks[at + 1 : at + 2]
        ):
            return None
        first = max(0, at - before)
        pieces = [self._chunks[chunk] for chunk in chunks[first : at + after + 1]]
        tokens = [
            (lemma, (place, start), (place, end))
            for place, held in enumerate(pieces, first)
            for lemma, _, start, end in held
        ]
        begin = sum(map(len, pieces[: at - first])) + number - before
        said = tokens[begin : begin + len(lemmas)] if begin >= 0 else []
        return (said[0][1], said[-1][2]) if tuple(token[0] for token in said) == tuple(lemmas) else None
