"""Search for phrases by their lemmas: a phrase matches where a text has the same lemmas in a row.

spaCy never tokenises across white space, so a chunk (text between white space) has the same tokens wherever it is:
each distinct chunk is tokenised once, and only the chunks around a phrase's rarest word (its anchor) are compared.
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
# Function words of English and frequent words of interviews.
_FREQUENT = frozenset(
    "the a an of to in on at and or but for with have be do not it that this they we you say people".split()
)
"""Words that are no anchor of a phrase with other words, as long as no frequencies have been counted."""

_Place = tuple[int, int]
"""The number of a chunk in a text, and an offset in the chunk."""


class Phrases:
    """Phrases by the numbers of their cues."""

    def __init__(self, phrases: Mapping[int, str], tokenizer: ChunkTokenizer) -> None:
        self._tokenizer = tokenizer
        self._lemmas = {cue: tokenizer.lemmas(phrase) for cue, phrase in phrases.items()}
        self._words = frozenset(chain.from_iterable(self._lemmas.values()))
        self._words_by_chunk: dict[str, frozenset[str]] = {}
        """Words of phrases in each chunk that has any."""
        self._anchors: dict[str, list[tuple[int, int]]] = {}
        """Phrases by anchor, each with the index of the anchor among its lemmas."""
        self._anchor_chunks: set[str] = set()
        self._has_frequencies = False
        # Until frequencies are counted, the longest word is taken for the rarest.
        self._choose_anchors(lambda word: (word in _FREQUENT, -len(word)))

    def _choose_anchors(self, frequency: Callable[[str], Any]) -> None:
        self._anchors = {}
        for cue, lemmas in self._lemmas.items():
            word = min(lemmas, key=frequency)
            self._anchors.setdefault(word, []).append((cue, lemmas.index(word)))
        self._anchor_chunks = {
            chunk for chunk, words in self._words_by_chunk.items() if not words.isdisjoint(self._anchors)
        }

    def add_chunks(self, words_by_chunk: Mapping[str, Iterable[str]]) -> None:
        """Index new chunks, each given with its words."""
        for chunk, words in words_by_chunk.items():
            if not self._words.isdisjoint(words):
                phrase_words = self._words_by_chunk[chunk] = self._words.intersection(words)
                if not phrase_words.isdisjoint(self._anchors):
                    self._anchor_chunks.add(chunk)

    @property
    def anchor_chunks(self) -> set[str]:
        """Chunks with an anchor: a text without any contains no phrase."""
        return self._anchor_chunks

    def clear_chunks(self) -> None:
        """Empty the index."""
        self._words_by_chunk.clear()
        self._anchor_chunks.clear()

    def count_frequencies(self, split: Iterable[Sequence[str]]) -> None:
        """Count words in the first texts, given by their chunks, and take each phrase's rarest word as its anchor."""
        # Counted once, on the first page: a sample is enough to find a rare word in each phrase.
        if self._has_frequencies or not self._words:
            return
        self._has_frequencies = True
        counts: Counter[str] = Counter()
        for chunk, count in Counter(chain.from_iterable(split)).items():
            counts.update(dict.fromkeys(self._words_by_chunk.get(chunk, ()), count))
        self._choose_anchors(lambda word: (counts[word], word in _FREQUENT, -len(word)))

    def find(self, text: str, chunks: Sequence[str]) -> list[CueSpan]:
        """Return (cue, start, end) of the phrases in a text with its chunks, which are all indexed."""
        if self._anchor_chunks.isdisjoint(chunks):
            return []
        anchored = (number for number, chunk in enumerate(chunks) if chunk in self._anchor_chunks)
        matches = [match for number in anchored for match in self._find_around_chunk(number, chunks)]
        if not matches:
            return []
        last_chunk = max(end[0] for _, _, end in matches)
        # str.split and \S use the same white space, so that both number the chunks alike.
        starts = [match.start() for match in islice(_CHUNK.finditer(text), last_chunk + 1)]
        return [(cue, starts[first] + start, starts[last] + end) for cue, (first, start), (last, end) in matches]

    def _find_around_chunk(self, number: int, chunks: Sequence[str]) -> Iterator[tuple[int, _Place, _Place]]:
        """Yield the phrases whose anchor is in a chunk, each with the places of its start and end."""
        for token, (word, _, start, end) in enumerate(self._tokenizer[chunks[number]]):
            for cue, index in self._anchors.get(word, ()):
                if len(self._lemmas[cue]) == 1:
                    yield cue, (number, start), (number, end)
                elif places := self._match_phrase(self._lemmas[cue], index, number, token, chunks):
                    yield cue, *places

    def _match_phrase(
        self, lemmas: Sequence[str], index: int, number: int, token: int, chunks: Sequence[str]
    ) -> tuple[_Place, _Place] | None:
        """Return start and end of a phrase whose lemma ``index`` is token ``token`` of chunk ``number``, if it matches.

        A chunk has at least one token, so that the phrase's other words are at most as many chunks away.
        """
        after = len(lemmas) - 1 - index
        # Cheap tests first: if the phrase extends beyond this chunk, the adjacent chunk must have one of its words.
        if index > token and (number == 0 or chunks[number - 1] not in self._words_by_chunk):
            return None
        if token + after >= len(self._tokenizer[chunks[number]]) and self._words_by_chunk.keys().isdisjoint(
            chunks[number + 1 : number + 2]
        ):
            return None
        first = max(0, number - index)
        # index and after count tokens, so they are upper limits for the number of chunks on each side.
        tokenized = [self._tokenizer[chunk] for chunk in chunks[first : number + after + 1]]
        tokens = [
            (lemma, (place, start), (place, end))
            for place, chunk_tokens in enumerate(tokenized, first)
            for lemma, _, start, end in chunk_tokens
        ]
        begin = sum(map(len, tokenized[: number - first])) + token - index
        # begin is negative at the start of a text, where a slice would count from its end.
        window = tokens[begin : begin + len(lemmas)] if begin >= 0 else []
        return (window[0][1], window[-1][2]) if tuple(lemma for lemma, _, _ in window) == tuple(lemmas) else None
