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

from qualcode.suggest.language import Chunks
from qualcode.suggest.pages import Found

_CHUNK = re.compile(r"\S+")
_FREQUENT = frozenset(
    "the a an of to in on at and or but for with have be do not it that this they we you say people".split()
)
"""Words that no phrase is looked for by, if it has others, as long as nothing is known of how often they are said."""

_Place = tuple[int, int]
"""A chunk by its number in a text, and a place in it."""


class Phrases:
    """Phrases by the numbers of their cues."""

    def __init__(self, phrases: Mapping[int, str], chunks: Chunks) -> None:
        self._chunks = chunks
        self._lemmas = {cue: chunks.lemmas(phrase) for cue, phrase in phrases.items()}
        self._words = frozenset(chain.from_iterable(self._lemmas.values()))
        self._saying: dict[str, frozenset[str]] = {}
        """Chunks with any word of a phrase, and which."""
        self._anchors: dict[str, list[tuple[int, int]]] = {}
        """Words that phrases are looked for by: each with the phrases, and its place in them."""
        self._anchored: set[str] = set()
        """Chunks with such a word."""
        self._ranked = False
        self._anchor(lambda word: (word in _FREQUENT, -len(word)))

    def _anchor(self, often: Callable[[str], Any]) -> None:
        self._anchors = {}
        for cue, lemmas in self._lemmas.items():
            word = min(lemmas, key=often)
            self._anchors.setdefault(word, []).append((cue, lemmas.index(word)))
        self._anchored = {chunk for chunk, words in self._saying.items() if not words.isdisjoint(self._anchors)}

    def learn(self, said: Mapping[str, Iterable[str]]) -> None:
        """Look at chunks that were never seen, given with the words that they say."""
        for chunk, words in said.items():
            if not self._words.isdisjoint(words):
                found = self._saying[chunk] = self._words.intersection(words)
                if not found.isdisjoint(self._anchors):
                    self._anchored.add(chunk)

    @property
    def anchored(self) -> set[str]:
        """Chunks without any of which a text holds no phrase."""
        return self._anchored

    def forget(self) -> None:
        """Forget the chunks that were seen."""
        self._saying.clear()
        self._anchored.clear()

    def rank(self, split: Iterable[Sequence[str]]) -> None:
        """Find out from the first texts, by their chunks, which word of each phrase is the rarest."""
        if self._ranked or not self._words:
            return
        self._ranked = True
        counts: Counter[str] = Counter()
        for chunk, many in Counter(chain.from_iterable(split)).items():
            counts.update(dict.fromkeys(self._saying.get(chunk, ()), many))
        self._anchor(lambda word: (counts[word], word in _FREQUENT, -len(word)))

    def find(self, words: str, chunks: Sequence[str]) -> list[Found]:
        """Return (cue, start, end) of the phrases in a text of these chunks, which were all learnt."""
        if self._anchored.isdisjoint(chunks):
            return []
        anchored = (at for at, chunk in enumerate(chunks) if chunk in self._anchored)
        places = [place for at in anchored for place in self._around(at, chunks)]
        if not places:
            return []
        reached = max(last for _, _, (last, _) in places) + 1
        starts = [match.start() for match in islice(_CHUNK.finditer(words), reached)]
        return [(cue, starts[first] + start, starts[last] + end) for cue, (first, start), (last, end) in places]

    def _around(self, at: int, chunks: Sequence[str]) -> Iterator[tuple[int, _Place, _Place]]:
        """Yield the phrases that have their rarest word in a chunk, each with the places where it begins and ends."""
        for number, (word, _, start, end) in enumerate(self._chunks[chunks[at]]):
            for cue, before in self._anchors.get(word, ()):
                if len(self._lemmas[cue]) == 1:
                    yield cue, (at, start), (at, end)
                elif whole := self._whole(self._lemmas[cue], before, at, number, chunks):
                    yield cue, *whole

    def _whole(
        self, lemmas: Sequence[str], before: int, at: int, number: int, chunks: Sequence[str]
    ) -> tuple[_Place, _Place] | None:
        """Return where a phrase begins and ends whose word ``before`` is token ``number`` of a chunk, if it is there.

        A chunk has at least one token, so that the phrase's other words are not further off than as many chunks.
        """
        after = len(lemmas) - 1 - before
        if before > number and (at == 0 or chunks[at - 1] not in self._saying):
            return None
        if number + after >= len(self._chunks[chunks[at]]) and self._saying.keys().isdisjoint(chunks[at + 1 : at + 2]):
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
