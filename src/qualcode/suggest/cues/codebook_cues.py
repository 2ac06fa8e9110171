"""The cues of a codebook with the codes that they speak for or against, found in any text's sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.model import Codebook, Cue
from qualcode.suggest.cues.cue_search import CueSearch
from qualcode.suggest.cues.turn_pages import Span

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class CueMatch:
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


def code_cues(book: Codebook) -> tuple[CodeCue, ...]:
    """Return all cues of a codebook in its order: their numbers are their places here."""
    return tuple(CodeCue(code.id, cue) for code in book.codes for cue in code.cues)


class CodebookCueFinder:
    """All cues of a codebook, ready to be found; the same in spaCy pipelines and in bulk."""

    def __init__(self, book: Codebook, nlp: Language) -> None:
        self.cues = code_cues(book)
        self.search = CueSearch({index: held.cue for index, held in enumerate(self.cues)}, nlp)

    def find(self, text: str, sentences: Sequence[Span]) -> list[CueMatch]:
        """Return every hit of every cue within the sentences, by sentence, cue and place.

        ``sentences`` are spans of ``text`` in order, none overlapping another.
        """
        found = self.search.search_sentences([text[start:end] for start, end in sentences])
        return [
            CueMatch(number, cue, sentences[number][0] + start, sentences[number][0] + end)
            for number, hits in enumerate(found)
            for cue, start, end in hits
        ]

    def drop_vetoed(self, hits: Sequence[CueMatch]) -> list[CueMatch]:
        """Return the hits that speak for a code: no ``unless`` cue of that code is found in their sentence."""
        against = {(hit.sentence, self.cues[hit.cue].code) for hit in hits if self.cues[hit.cue].cue.unless}
        return [hit for hit in hits if (hit.sentence, self.cues[hit.cue].code) not in against]
