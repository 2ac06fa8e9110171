"""Search for cues of all kinds in sentences and in pages of turns.

Each kind has its own matcher; indexes of chunks (text between white space) select the few texts where it can match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qualcode.model import Cue, CueKind
from qualcode.regexes import UserRegex
from qualcode.segments import UNSPACED_END, SentenceRules, has_unspaced_letters
from qualcode.suggest.cues.exact_strings import ChunkFilter, ExactStrings
from qualcode.suggest.cues.pattern_triggers import Triggers
from qualcode.suggest.cues.phrases import Phrases
from qualcode.suggest.cues.token_patterns import TokenPatterns
from qualcode.suggest.cues.tokenizer import ChunkTokenizer
from qualcode.suggest.cues.turn_pages import CueSpan, Page, PageSentence, Span
from qualcode.suggest.cues.typography import is_plain, make_plain, make_plain_regex

if TYPE_CHECKING:
    from spacy.language import Language

_MAX_CHUNKS = 250_000
"""Chunks that are cached at most, so that memory is bounded."""


class CueSearch:
    """Searches for cues, each given by its number."""

    def __init__(self, cues: Mapping[int, Cue], nlp: Language) -> None:
        self._tokenizer = ChunkTokenizer(nlp)
        phrases = _plain_values(cues, "phrase")
        # Tokenizers that know no words of these scripts make one token of a whole sentence.
        unspaced = {cue: value for cue, value in phrases.items() if has_unspaced_letters(value, 0, len(value))}
        self._exact_strings = ExactStrings(_plain_values(cues, "exact") | unspaced)
        self._phrases = Phrases(phrases, self._tokenizer)
        self._regexes = _compile_regexes(_of_kind(cues, "regex").items())
        self._original_regexes = {cue: _compile(value, value) for cue, value in _of_kind(cues, "regex").items()}
        self._patterns = TokenPatterns(_of_kind(cues, "pattern"), nlp)
        self._triggers = Triggers(self._regexes, self._patterns)
        # Exact cues need neither chunks nor tokens, which are most of the work.
        self._exact_only = all(cue.kind == "exact" for cue in cues.values())
        self._needs_words = any(cue.kind in {"phrase", "pattern"} for cue in cues.values())
        self._indexed_chunks: set[str] = set()
        self._has_vocabulary = False
        self._chunk_filter: ChunkFilter | None = None
        self.on_new_chunks: Callable[[Mapping[str, Iterable[str]]], object] | None = None
        """Called with each new chunk and its words (lemmas and lower-cased forms)."""

    @property
    def slow_cues(self) -> Collection[int]:
        """Cues that require no fixed word, so that they have to be tried in every sentence."""
        return self._triggers.slow_cues

    def search_sentences(self, sentences: Sequence[str]) -> list[list[CueSpan]]:
        """Return the matches in each sentence, sorted."""
        plain = list(map(make_plain, sentences))
        texts = [sentence.text for sentence in plain]
        split = self._index_chunks(texts)
        matches = self._exact_strings.find(texts)
        found: list[list[CueSpan]] = []
        for number, (sentence, chunks) in enumerate(zip(plain, split, strict=True)):
            candidates = self._triggers.find_candidates(chunks)
            spans = [
                *matches.get(number, ()),
                *self._phrases.find(sentence.text, chunks),
                *self._match_expressions(sentence.text, candidates),
            ]
            spans = sentence.locate(spans)
            if sentence.text != sentences[number]:
                # Expressions may ask for the very characters of the text, as "[^ -~]" does.
                spans += _match_regexes(self._original_regexes, sentences[number], candidates)
            found.append(sorted(set(spans)) if spans else spans)
        return found

    def search_page(self, page: Page, *, sentence_rules: SentenceRules) -> Iterator[PageSentence]:
        """Yield the sentences of a page that have matches, in order; turns without any are not split."""
        turns = page.turn_texts()
        plain = {row: make_plain(text) for row, text in enumerate(turns) if not is_plain(text)}
        texts = [plain[row].text if row in plain else text for row, text in enumerate(turns)]
        matches = self._exact_strings.find(texts)
        split_first: set[int] = set()  # rows that are searched sentence by sentence
        for row, chunks in self._find_candidate_rows(texts):
            if spans := self._phrases.find(texts[row], chunks):
                matches.setdefault(row, []).extend(spans)
            if self._triggers.has_candidates(chunks):
                split_first.add(row)
        # A chunk may there belong to two sentences, and spaCy may tokenise it differently from its two halves.
        split_first.update(row for row, text in enumerate(texts) if not text.isascii() and UNSPACED_END.search(text))
        matches |= {row: plain[row].locate(spans) for row, spans in matches.items() if row in plain}
        for row in sorted(matches.keys() | split_first):
            sentences = list(page.split_sentences(row, sentence_rules))
            yield from (
                self._search_row(page, row, sentences)
                if row in split_first
                else _assign_to_sentences(page, row, sentences, matches[row])
            )

    def load_vocabulary(self, vocabulary: Iterable[Mapping[str, Iterable[str]]]) -> None:
        """Index all chunks of the pages to come, each given with its words: the pages have no others."""
        for words_by_chunk in vocabulary:
            self._phrases.add_chunks(words_by_chunk)
            self._triggers.add_chunks(words_by_chunk)
        self._has_vocabulary = True

    def _find_candidate_rows(self, texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield the numbers of texts that may contain phrases, regular expressions or patterns, with their chunks."""
        if self._exact_only and self.on_new_chunks is None:
            return
        # The first run over these texts: chunks are indexed while their pages are searched.
        if not self._has_vocabulary:
            split = self._index_chunks(texts)
            self._phrases.count_frequencies(split)
            is_unneeded = (self._phrases.anchor_chunks | self._triggers.trigger_chunks).isdisjoint
            try_all = bool(self._triggers.slow_cues)
            yield from ((row, chunks) for row, chunks in enumerate(split) if try_all or not is_unneeded(chunks))
            return
        # Made at the first page, because anchors depend on its frequencies.
        if self._chunk_filter is None:
            self._phrases.count_frequencies([text.split() for text in texts])
            self._chunk_filter = ChunkFilter(
                None if self._triggers.slow_cues else self._phrases.anchor_chunks | self._triggers.trigger_chunks
            )
        yield from ((row, texts[row].split()) for row in self._chunk_filter.rows(texts))

    def _search_row(self, page: Page, row: int, sentences: Sequence[Span]) -> Iterator[PageSentence]:
        matches = self.search_sentences([page.text[row][start:end] for start, end in sentences])
        for (start, end), spans in zip(sentences, matches, strict=True):
            if spans:
                yield PageSentence(row, start, end, [(cue, start + first, start + last) for cue, first, last in spans])

    def _index_chunks(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the chunks of each text; add new ones to the indexes."""
        split = [text.split() for text in texts]
        chunks = set[str]().union(*split)
        # A loaded vocabulary is complete and is never indexed again, so it must not be cleared.
        if len(self._indexed_chunks) > _MAX_CHUNKS:
            self._indexed_chunks.clear()
            if not self._has_vocabulary:
                self._phrases.clear_chunks()
                self._triggers.clear_chunks()
        new = chunks - self._indexed_chunks
        self._indexed_chunks |= new
        words_by_chunk: dict[str, Iterable[str]] = dict.fromkeys(new, ())
        # Lemmas are needed for phrases and patterns, and for the vocabulary on disk.
        if self._needs_words or self.on_new_chunks is not None:
            words_by_chunk = {chunk: self._tokenizer.words(chunk) for chunk in new}
        if self.on_new_chunks is not None:
            self.on_new_chunks(words_by_chunk)
        self._phrases.add_chunks(words_by_chunk)
        self._triggers.add_chunks(words_by_chunk)
        return split

    def _match_expressions(self, text: str, cues: Collection[int]) -> Iterator[CueSpan]:
        """Yield the matches of those regular expressions and patterns that can match in a sentence."""
        yield from _match_regexes(self._regexes, text, cues)
        if not self._patterns.cues.isdisjoint(cues):
            yield from self._patterns.find(text, self._tokenizer)


def _of_kind(cues: Mapping[int, Cue], kind: CueKind) -> dict[int, str]:
    return {number: cue.value for number, cue in cues.items() if cue.kind == kind}


def _plain_values(cues: Mapping[int, Cue], kind: CueKind) -> dict[int, str]:
    # A cue of invisible characters alone stays as it is.
    return {number: make_plain(value).text or value for number, value in _of_kind(cues, kind).items()}


def _compile_regexes(values: Iterable[tuple[int, str]]) -> dict[int, UserRegex]:
    """Return the expressions that are searched for in plain texts."""
    return {cue: _compile(make_plain_regex(value), value) for cue, value in values}


def _compile(pattern: str, value: str) -> UserRegex:
    return UserRegex(pattern, re.IGNORECASE, name=name_regex_cue(value))


def name_regex_cue(value: str) -> str:
    """Return the name of a cue in messages on its regular expression."""
    return f"regex {value}"


def _match_regexes(regexes: Mapping[int, UserRegex], text: str, cues: Collection[int]) -> Iterator[CueSpan]:
    for cue in cues:
        if cue in regexes:
            yield from ((cue, start, end) for start, end in regexes[cue].find_spans(text))


def _assign_to_sentences(
    page: Page, row: int, sentences: Sequence[Span], matches: Iterable[CueSpan]
) -> Iterator[PageSentence]:
    """Yield the sentences of a turn that have matches, without matches that cross the end of a sentence."""
    offset = page.start[row]
    placed = sorted({(cue, offset + first, offset + last) for cue, first, last in matches})
    for start, end in sentences:
        if inside := [match for match in placed if start <= match[1] and match[2] <= end]:
            yield PageSentence(row, start, end, inside)
