"""Searches texts for cues of all kinds: each kind by its own means, and only where it can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qualcode.model import Cue, CueKind
from qualcode.suggest.cues.exact_strings import ChunkFilter, ExactStrings
from qualcode.suggest.cues.pattern_triggers import Triggers
from qualcode.suggest.cues.phrases import Phrases
from qualcode.suggest.cues.token_patterns import TokenPatterns
from qualcode.suggest.cues.tokenizer import ChunkTokenizer
from qualcode.suggest.cues.turn_pages import CueSpan, Page, PageSentence, Span

if TYPE_CHECKING:
    from spacy.language import Language

_MOST_CHUNKS = 250_000
"""Chunks that are remembered at the most, so that memory stays flat."""

_UNSPACED_SENTENCE_END = re.compile(r"[。！？｡।॥」』）】》〉]\S")
"""Where a sentence may end without white space: spaCy may cut such a chunk otherwise than its two halves."""


class CueSearch:
    """Cues by their numbers, ready to be found."""

    def __init__(self, cues: Mapping[int, Cue], nlp: Language) -> None:
        self._chunks = ChunkTokenizer(nlp)
        self._phrases = Phrases(_of_kind(cues, "phrase"), self._chunks)
        self._exact_strings = ExactStrings(_of_kind(cues, "exact"))
        self._regexes = {cue: re.compile(value, re.IGNORECASE) for cue, value in _of_kind(cues, "regex").items()}
        self._patterns = TokenPatterns(_of_kind(cues, "pattern"), nlp)
        self._triggers = Triggers(self._regexes, self._patterns)
        self._exact_only = all(cue.kind == "exact" for cue in cues.values())
        self._needs_words = any(cue.kind in {"phrase", "pattern"} for cue in cues.values())
        self._indexed_chunks: set[str] = set()
        self._has_vocabulary = False
        self._chunk_filter: ChunkFilter | None = None
        self.on_new_chunks: Callable[[Mapping[str, Iterable[str]]], object] | None = None
        """Is given each chunk that was never seen, with the words that it says."""

    @property
    def slow_cues(self) -> Collection[int]:
        """Cues that need no word that could be named, so that they are tried in every sentence: that is slow."""
        return self._triggers.slow_cues

    def search_sentences(self, said: Sequence[str]) -> list[list[CueSpan]]:
        """Return what is found in each sentence by its words, sorted."""
        split = self._index_chunks(said)
        found = self._exact_strings.find(said)
        for number, (words, chunks) in enumerate(zip(said, split, strict=True)):
            hits = [
                *self._phrases.find(words, chunks),
                *self._match_expressions(words, self._triggers.find_candidates(chunks)),
            ]
            if hits:
                found.setdefault(number, []).extend(hits)
        return [sorted(set(found[number])) if number in found else [] for number in range(len(said))]

    def search_page(self, page: Page, *, abbreviations: Collection[str]) -> Iterator[PageSentence]:
        """Yield the sentences of a page in which anything is found, in order: others are not even cut."""
        said = page.turn_texts()
        found = self._exact_strings.find(said)
        whole: set[int] = set()
        for row, chunks in self._find_candidate_rows(said):
            if hits := self._phrases.find(said[row], chunks):
                found.setdefault(row, []).extend(hits)
            if self._triggers.has_candidates(chunks):
                whole.add(row)
        whole.update(
            row for row, words in enumerate(said) if not words.isascii() and _UNSPACED_SENTENCE_END.search(words)
        )
        for row in sorted(found.keys() | whole):
            spans = list(page.split_sentences(row, abbreviations))
            yield from (
                self._search_row(page, row, spans)
                if row in whole
                else _assign_to_sentences(page, row, spans, found[row])
            )

    def load_vocabulary(self, vocabulary: Iterable[Mapping[str, Iterable[str]]]) -> None:
        """Learn all chunks of the pages to come, given with the words that they say: no others are on them."""
        for said in vocabulary:
            self._phrases.add_chunks(said)
            self._triggers.add_chunks(said)
        self._has_vocabulary = True

    def _find_candidate_rows(self, said: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield texts by number that may hold phrases, regular expressions or patterns, with their chunks."""
        if self._exact_only and self.on_new_chunks is None:
            return
        if not self._has_vocabulary:
            split = self._index_chunks(said)
            self._phrases.count_frequencies(split)
            lacks = (self._phrases.anchor_chunks | self._triggers.trigger_chunks).isdisjoint
            always = bool(self._triggers.slow_cues)
            yield from ((row, chunks) for row, chunks in enumerate(split) if always or not lacks(chunks))
            return
        if self._chunk_filter is None:
            self._phrases.count_frequencies([words.split() for words in said])
            self._chunk_filter = ChunkFilter(
                None if self._triggers.slow_cues else self._phrases.anchor_chunks | self._triggers.trigger_chunks
            )
        yield from ((row, said[row].split()) for row in self._chunk_filter.rows(said))

    def _search_row(self, page: Page, row: int, spans: Sequence[Span]) -> Iterator[PageSentence]:
        found = self.search_sentences([page.text[row][start:end] for start, end in spans])
        for (start, end), hits in zip(spans, found, strict=True):
            if hits:
                yield PageSentence(row, start, end, [(cue, start + at, start + to) for cue, at, to in hits])

    def _index_chunks(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the chunks of texts, after a look at those that were never seen."""
        split = [words.split() for words in texts]
        chunks = set[str]().union(*split)
        if len(self._indexed_chunks) > _MOST_CHUNKS:
            self._indexed_chunks.clear()
            if not self._has_vocabulary:
                self._phrases.clear_chunks()
                self._triggers.clear_chunks()
        new = chunks - self._indexed_chunks
        self._indexed_chunks |= new
        said: dict[str, Iterable[str]] = dict.fromkeys(new, ())
        if self._needs_words or self.on_new_chunks is not None:
            said = {chunk: self._chunks.words(chunk) for chunk in new}
        if self.on_new_chunks is not None:
            self.on_new_chunks(said)
        self._phrases.add_chunks(said)
        self._triggers.add_chunks(said)
        return split

    def _match_expressions(self, words: str, cues: Collection[int]) -> Iterator[CueSpan]:
        """Yield what is found of the regular expressions and patterns that are worth trying in a sentence."""
        for cue in cues:
            if cue in self._regexes:
                found = (match.span() for match in self._regexes[cue].finditer(words))
                yield from ((cue, start, end) for start, end in found if start < end)  # a match of nothing is none
        if not self._patterns.cues.isdisjoint(cues):
            yield from self._patterns.find(words, self._chunks)


def _of_kind(cues: Mapping[int, Cue], kind: CueKind) -> dict[int, str]:
    return {index: cue.value for index, cue in cues.items() if cue.kind == kind}


def _assign_to_sentences(
    page: Page, row: int, spans: Sequence[Span], hits: Iterable[CueSpan]
) -> Iterator[PageSentence]:
    """Yield the sentences of a turn that hold hits in it, without those that reach over a sentence's end."""
    moved = sorted({(cue, page.start[row] + at, page.start[row] + to) for cue, at, to in hits})
    for start, end in spans:
        if held := [hit for hit in moved if start <= hit[1] and hit[2] <= end]:
            yield PageSentence(row, start, end, held)
