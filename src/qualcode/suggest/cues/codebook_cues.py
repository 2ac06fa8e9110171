"""The cues of a codebook with their codes, and the search for all of them in the sentences of one text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.model import Codebook, Cue
from qualcode.regexes import SlowRegexError
from qualcode.suggest.cues.cue_search import CueSearch, name_regex_cue
from qualcode.suggest.cues.turn_pages import Span

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue found at ``text[start:end]``, with the numbers of the sentence and the cue."""

    sentence: int
    cue: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CodeCue:
    """A cue with the code it is evidence for or, as an ``unless`` cue, against."""

    code: str
    cue: Cue


def code_cues(book: Codebook) -> tuple[CodeCue, ...]:
    """Return all cues of a codebook in its order, except of retired codes; the number of a cue is its index here."""
    return tuple(CodeCue(code.id, cue) for code in book.codes if not code.retired for cue in code.cues)


@contextmanager
def locate_slow_cues(book: Codebook) -> Iterator[None]:
    """Give an error on a cue that takes too long the place of its code."""
    try:
        yield
    except SlowRegexError as error:
        for code in book.codes:
            if any(cue.kind == "regex" and name_regex_cue(cue.value) == error.name for cue in code.cues):
                place = ":".join(map(str, (code.location.path, code.location.line, code.location.column)))
                raise SlowRegexError(f"{place}: code '{code.id}': {error.name}", error.text) from None
        raise


class CodebookCueFinder:
    """Finds all cues of a codebook in the sentences of a text."""

    def __init__(self, book: Codebook, nlp: Language) -> None:
        self._book = book
        self.cues = code_cues(book)
        self.search = CueSearch({number: code_cue.cue for number, code_cue in enumerate(self.cues)}, nlp)

    def find(self, text: str, sentences: Sequence[Span]) -> list[CueMatch]:
        """Return all matches of all cues within the sentences, by sentence, cue and place.

        ``sentences`` are spans of ``text`` in order, none overlapping another.
        """
        with locate_slow_cues(self._book):
            matches = self.search.search_sentences([text[start:end] for start, end in sentences])
        return [
            CueMatch(number, cue, sentences[number][0] + start, sentences[number][0] + end)
            for number, spans in enumerate(matches)
            for cue, start, end in spans
        ]

    def drop_vetoed(self, matches: Sequence[CueMatch]) -> list[CueMatch]:
        """Return the matches without those of codes that have an ``unless`` cue in the same sentence."""
        vetoed = {(match.sentence, self.cues[match.cue].code) for match in matches if self.cues[match.cue].cue.unless}
        return [match for match in matches if (match.sentence, self.cues[match.cue].code) not in vetoed]
