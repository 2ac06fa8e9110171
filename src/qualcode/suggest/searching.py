"""Searches texts for cues of all kinds: each kind by its own means, and only where it can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qualcode.model import Cue, CueKind
from qualcode.suggest.language import Chunks
from qualcode.suggest.pages import Found, Page, Sentence, Span
from qualcode.suggest.patterns import Patterns
from qualcode.suggest.phrases import Phrases
from qualcode.suggest.standing import Sieve, Standing
from qualcode.suggest.triggers import Triggers

if TYPE_CHECKING:
    from spacy.language import Language

_KNOWN = 250_000
"""Chunks that are remembered at the most, so that memory stays flat."""

_CLOSED = re.compile(r"[。！？｡।॥」』）】》〉]\S")
"""Where a sentence may end without white space: spaCy may cut such a chunk otherwise than its two halves."""


class Search:
    """Cues by their numbers, ready to be found."""

    def __init__(self, cues: Mapping[int, Cue], nlp: Language) -> None:
        self._chunks = Chunks(nlp)
        self._phrases = Phrases(_of_kind(cues, "phrase"), self._chunks)
        self._standing = Standing(_of_kind(cues, "exact"))
        self._regexes = {cue: re.compile(value, re.IGNORECASE) for cue, value in _of_kind(cues, "regex").items()}
        self._patterns = Patterns(_of_kind(cues, "pattern"), nlp)
        self._triggers = Triggers(self._regexes, self._patterns)
        self._exact_only = all(cue.kind == "exact" for cue in cues.values())
        self._says = any(cue.kind in {"phrase", "pattern"} for cue in cues.values())
        self._known: set[str] = set()
        self._complete = False
        self._sieve: Sieve | None = None
        self.learning: Callable[[Mapping[str, Iterable[str]]], object] | None = None
        """Is given each chunk that was never seen, with the words that it says."""

    @property
    def everywhere(self) -> Collection[int]:
        """Cues that need no word that could be named, so that they are tried in every sentence: that is slow."""
        return self._triggers.always

    def in_sentences(self, said: Sequence[str]) -> list[list[Found]]:
        """Return what is found in each sentence by its words, sorted."""
        split = self._learnt(said)
        found = self._standing.find(said)
        for number, (words, chunks) in enumerate(zip(said, split, strict=True)):
            hits = [*self._phrases.find(words, chunks), *self._tried(words, self._triggers.of(chunks))]
            if hits:
                found.setdefault(number, []).extend(hits)
        return [sorted(set(found[number])) if number in found else [] for number in range(len(said))]

    def in_page(self, page: Page, *, short: Collection[str]) -> Iterator[Sentence]:
        """Yield the sentences of a page in which anything is found, in order: others are not even cut."""
        said = page.said()
        found = self._standing.find(said)
        whole: set[int] = set()
        for row, chunks in self._promising(said):
            if hits := self._phrases.find(said[row], chunks):
                found.setdefault(row, []).extend(hits)
            if self._triggers.may_hold(chunks):
                whole.add(row)
        whole.update(row for row, words in enumerate(said) if not words.isascii() and _CLOSED.search(words))
        for row in sorted(found.keys() | whole):
            spans = list(page.sentences(row, short))
            yield from self._by_sentence(page, row, spans) if row in whole else _within(page, row, spans, found[row])

    def know(self, vocabulary: Iterable[Mapping[str, Iterable[str]]]) -> None:
        """Learn all chunks of the pages to come, given with the words that they say: no others are on them."""
        for said in vocabulary:
            self._phrases.learn(said)
            self._triggers.learn(said)
        self._complete = True

    def _promising(self, said: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield texts by number that may hold phrases, regular expressions or patterns, with their chunks."""
        if self._exact_only and self.learning is None:
            return
        if not self._complete:
            split = self._learnt(said)
            self._phrases.rank(split)
            lacks = (self._phrases.anchored | self._triggers.hot).isdisjoint
            always = bool(self._triggers.always)
            yield from ((row, chunks) for row, chunks in enumerate(split) if always or not lacks(chunks))
            return
        if self._sieve is None:
            self._phrases.rank([words.split() for words in said])
            self._sieve = Sieve(None if self._triggers.always else self._phrases.anchored | self._triggers.hot)
        yield from ((row, said[row].split()) for row in self._sieve.rows(said))

    def _by_sentence(self, page: Page, row: int, spans: Sequence[Span]) -> Iterator[Sentence]:
        found = self.in_sentences([page.text[row][start:end] for start, end in spans])
        for (start, end), hits in zip(spans, found, strict=True):
            if hits:
                yield Sentence(row, start, end, [(cue, start + at, start + to) for cue, at, to in hits])

    def _learnt(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the chunks of texts, after a look at those that were never seen."""
        split = [words.split() for words in texts]
        chunks = set[str]().union(*split)
        if len(self._known) > _KNOWN:
            self._known.clear()
            if not self._complete:
                self._phrases.forget()
                self._triggers.forget()
        new = chunks - self._known
        self._known |= new
        said: dict[str, Iterable[str]] = dict.fromkeys(new, ())
        if self._says or self.learning is not None:
            said = {chunk: self._chunks.words(chunk) for chunk in new}
        if self.learning is not None:
            self.learning(said)
        self._phrases.learn(said)
        self._triggers.learn(said)
        return split

    def _tried(self, words: str, cues: Collection[int]) -> Iterator[Found]:
        """Yield what is found of the regular expressions and patterns that are worth trying in a sentence."""
        for cue in cues:
            if cue in self._regexes:
                found = (match.span() for match in self._regexes[cue].finditer(words))
                yield from ((cue, start, end) for start, end in found if start < end)  # a match of nothing is none
        if not self._patterns.cues.isdisjoint(cues):
            yield from self._patterns.find(words, self._chunks)


def _of_kind(cues: Mapping[int, Cue], kind: CueKind) -> dict[int, str]:
    return {index: cue.value for index, cue in cues.items() if cue.kind == kind}


def _within(page: Page, row: int, spans: Sequence[Span], hits: Iterable[Found]) -> Iterator[Sentence]:
    """Yield the sentences of a turn that hold hits in it, without those that reach over a sentence's end."""
    moved = sorted({(cue, page.start[row] + at, page.start[row] + to) for cue, at, to in hits})
    for start, end in spans:
        if held := [hit for hit in moved if start <= hit[1] and hit[2] <= end]:
            yield Sentence(row, start, end, held)
