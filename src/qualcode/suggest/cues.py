"""Finds cues in sentences: phrases by lemma, exact text, regular expressions, spaCy token patterns.

Every cue but a few needs a certain word, or piece of one, to be there. So each distinct chunk of text (what
stands between white space) is looked at once for the cues that it could be part of, and a cue is tried only
in sentences with such a chunk. That finds the same as trying every cue everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.model import Codebook, Cue
from qualcode.suggest.language import Chunks, Piece
from qualcode.suggest.literals import FOLDING, Literals, regex_needs, text_literal
from qualcode.suggest.patterns import Patterns

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]
_Found = tuple[int, int, int]
"""A cue with where it begins and ends in its sentence."""

_REMEMBERED = 100_000
"""Sentences whose cues are remembered at the most, so that memory stays flat."""

_FREQUENT = frozenset(
    "the a an of to in on at and or but for with have be do not it that this they we you say people".split()
)
"""Words that are no help in telling which sentences to look into."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found at ``text[start:end]`` in a sentence."""

    sentence: int
    cue: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CodeCue:
    """A cue with the code it speaks for or against."""

    code: str
    cue: Cue


class CueFinder:
    """All cues of a codebook, ready to be found; the same in spaCy pipelines and in bulk."""

    def __init__(self, book: Codebook, nlp: Language) -> None:
        self.cues = tuple(CodeCue(code.id, cue) for code in book.codes for cue in code.cues)
        self._chunks = Chunks(nlp)
        self._triggers = _Triggers(self.cues, self._chunks)
        self._phrases = {
            index: _Phrase.of(self._chunks.lemmas(held.cue.value))
            for index, held in enumerate(self.cues)
            if held.cue.kind == "phrase"
        }
        self._texts = {
            index: _MATCHES[held.cue.kind](held.cue.value)
            for index, held in enumerate(self.cues)
            if held.cue.kind in _MATCHES
        }
        self._remembered: dict[str, tuple[_Found, ...]] = {}
        self._patterns = Patterns(
            {index: held.cue.value for index, held in enumerate(self.cues) if held.cue.kind == "pattern"}, nlp
        )

    def find(self, text: str, sentences: Sequence[Span]) -> list[Hit]:
        """Return every hit of every cue within the sentences, by sentence, cue and place.

        ``sentences`` are spans of ``text`` in order, none overlapping another.
        """
        said = [text[start:end] for start, end in sentences]
        found = self._found_in(said)
        return [
            Hit(number, cue, sentences[number][0] + start, sentences[number][0] + end)
            for number, words in enumerate(said)
            for cue, start, end in found[words]
        ]

    def speaking(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits that speak for a code: no ``unless`` cue of that code is found in their sentence."""
        against = {(hit.sentence, self.cues[hit.cue].code) for hit in hits if self.cues[hit.cue].cue.unless}
        return [hit for hit in hits if (hit.sentence, self.cues[hit.cue].code) not in against]

    def _found_in(self, said: Sequence[str]) -> Mapping[str, tuple[_Found, ...]]:
        """Return what is found in sentences by their words: short answers are often the same, so it is remembered."""
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        new = {words: words.split() for words in said if words not in self._remembered}
        self._triggers.learn({chunk for chunks in new.values() for chunk in chunks})
        for words, chunks in new.items():
            tried = self._triggers.of(chunks)
            self._remembered[words] = tuple(sorted(self._try(words, chunks, tried))) if tried else ()
        return self._remembered

    def _try(self, words: str, chunks: Sequence[str], tried: set[int]) -> set[_Found]:
        """Return (cue, start, end) of what is found of the cues tried in a sentence."""
        found: set[_Found] = set()
        phrases = []
        for cue in tried:
            if cue in self._phrases:
                phrases.append(cue)
            elif cue in self._texts:
                found.update((cue, start, end) for start, end in self._texts[cue](words))
        if phrases:
            found.update(self._phrases_in(words, chunks, phrases))
        if not self._patterns.cues.isdisjoint(tried):
            found.update(self._patterns.find(words, self._chunks))
        return found

    def _phrases_in(self, words: str, chunks: Sequence[str], phrases: Sequence[int]) -> Iterator[_Found]:
        lemmas = [piece[0] for chunk in chunks for piece in self._chunks[chunk]]
        tokens: list[Piece] = []
        for cue in phrases:
            phrase = self._phrases[cue]
            for at in _places(lemmas, phrase):
                tokens = tokens or self._chunks.tokens(words)
                yield cue, tokens[at][2], tokens[at + len(phrase.lemmas) - 1][3]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The lemmas of a phrase, and the one with its place that is the rarest, as a rule."""

    lemmas: list[str]
    word: str
    at: int

    @classmethod
    def of(cls, lemmas: Sequence[str]) -> _Phrase:
        """Return the phrase of these lemmas."""
        word = by_rarity(lemmas)[0]
        return cls(list(lemmas), word, lemmas.index(word))


def by_rarity(lemmas: Sequence[str]) -> list[str]:
    """Return distinct lemmas, first those that few sentences hold, as a rule: long and not everyday words."""
    return sorted(dict.fromkeys(lemmas), key=lambda lemma: (lemma in _FREQUENT, -len(lemma)))


def _places(lemmas: list[str], phrase: _Phrase) -> Iterator[int]:
    """Yield where a phrase begins in the lemmas of a sentence."""
    place = -1
    for _ in range(lemmas.count(phrase.word)):
        place = lemmas.index(phrase.word, place + 1)
        begin = place - phrase.at
        if begin >= 0 and lemmas[begin : begin + len(phrase.lemmas)] == phrase.lemmas:
            yield begin


class _Triggers:
    """Which cues a chunk can be part of, found out once a chunk.

    A cue needs two things (the same twice, where it needs only one): part ``2 * cue`` and part ``2 * cue + 1``.
    """

    def __init__(self, cues: Sequence[CodeCue], chunks: Chunks) -> None:
        self._chunks = chunks
        self._by_word: dict[str, set[int]] = {}
        self._by_piece: dict[str, set[int]] = {}
        self._always: set[int] = set()
        self._folded: set[int] = {
            2 * index + part for index, held in enumerate(cues) if held.cue.kind == "regex" for part in (0, 1)
        }
        self._hot: dict[str, frozenset[int]] = {}
        self._known: set[str] = set()
        for index, held in enumerate(cues):
            self._add(index, held.cue)

    def _add(self, index: int, cue: Cue) -> None:
        needed = self._needs(cue)
        kept = self._by_word if cue.kind in {"phrase", "pattern"} else self._by_piece
        for part, literals in enumerate((needed * 2)[:2] if len(needed) == 1 else needed[:2]):
            for literal in literals:
                kept.setdefault(literal, set()).add(2 * index + part)
        if not needed:
            self._always.add(index)

    def _needs(self, cue: Cue) -> list[Literals]:
        """Return what a cue cannot do without: words (as lemma or form), or pieces of chunks."""
        if cue.kind == "phrase":
            return [frozenset({word}) for word in by_rarity(self._chunks.lemmas(cue.value))]
        if cue.kind == "regex":
            return regex_needs(cue.value)
        needed = Patterns.words(cue.value) if cue.kind == "pattern" else text_literal(cue.value)
        return [needed] if needed else []

    def of(self, chunks: Sequence[str]) -> set[int]:
        """Return the cues worth trying in a sentence of these chunks."""
        parts = set[int]().union(*map(self._hot.__getitem__, self._hot.keys() & chunks))
        found = {part >> 1 for part in parts if part ^ 1 in parts} if parts else set[int]()
        return found | self._always if self._always else found

    def learn(self, chunks: set[str]) -> None:
        """Look at the chunks that were never seen."""
        new = sorted(chunks - self._known)
        self._known.update(new)
        found: dict[str, set[int]] = {}
        for chunk in new:
            for lemma, lower, _, _ in self._chunks[chunk]:
                for word in (lemma, lower):
                    if word in self._by_word:
                        found.setdefault(chunk, set()).update(self._by_word[word])
            if not chunk.isascii() and not FOLDING.isdisjoint(chunk + chunk.lower()):
                found.setdefault(chunk, set()).update(self._folded)
        for chunk, parts in self._holding(new):
            found.setdefault(chunk, set()).update(parts)
        self._hot.update((chunk, frozenset(parts)) for chunk, parts in found.items())

    def _holding(self, new: Sequence[str]) -> Iterator[tuple[str, set[int]]]:
        """Yield chunks that hold a piece some cue needs: all chunks are searched in one string."""
        lowered = [chunk.lower() for chunk in new]
        starts = [0]
        for chunk in lowered:
            starts.append(starts[-1] + len(chunk) + 1)
        page = "\n".join(lowered)
        for piece, cues in self._by_piece.items():
            place = page.find(piece)
            while place >= 0:
                number = bisect_right(starts, place) - 1
                yield new[number], cues
                place = page.find(piece, starts[number + 1])


def _exact(value: str) -> Callable[[str], list[Span]]:
    """Exact text stands alone: no letter or digit right before or after it."""
    before = r"(?<![^\W_])" if value[0].isalnum() else ""
    after = r"(?![^\W_])" if value[-1].isalnum() else ""
    return _spans(re.compile(f"(?={before}({re.escape(value)}){after})"), 1)


def _regex(value: str) -> Callable[[str], list[Span]]:
    """Case is ignored; a match of nothing is none."""
    return _spans(re.compile(value, re.IGNORECASE), 0)


def _spans(compiled: re.Pattern[str], group: int) -> Callable[[str], list[Span]]:
    def matches(sentence: str) -> list[Span]:
        if compiled.search(sentence) is None:
            return []
        return [match.span(group) for match in compiled.finditer(sentence) if match.end(group) > match.start(group)]

    return matches


_MATCHES: Mapping[str, Callable[[str], Callable[[str], list[Span]]]] = {"exact": _exact, "regex": _regex}
