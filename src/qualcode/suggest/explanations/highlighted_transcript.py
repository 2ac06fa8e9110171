"""A transcript with its suggestions highlighted, as HTML for notebooks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qualcode.files import display_html
from qualcode.model import Codebook, Transcript, Turn
from qualcode.study.selection import find_transcript
from qualcode.study.study import Study
from qualcode.suggest.explanations.html_spans import BOX_STYLE, Mark, code_colour, turn_html
from qualcode.suggest.study_suggestions import list_suggestions
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
    from qualcode.suggest.suggestion_table import Suggestions


@dataclass(frozen=True, slots=True)
class HighlightedTranscript:
    """A transcript with the number of its suggestions; a notebook displays its HTML."""

    transcript: str
    suggestions: int
    html: str = field(repr=False)
    notes: list[str] = field(default_factory=list, repr=False)

    def _repr_html_(self) -> str:
        return self.html


def highlight_transcript(study: Study, name: str, options: SuggestionOptions) -> HighlightedTranscript:
    """Return a transcript with its suggestions highlighted, with the notes of `list_suggestions`.

    Raises
    ------
    UnknownNameError
        If the study has no transcript of this name.
    """
    transcript = find_transcript(study, name)
    options = replace(options, transcripts=transcript.id, order="transcript")
    suggestions, notes = list_suggestions(study, options)
    turns = (_turn_html(transcript, turn, suggestions, study.codebook) for turn in transcript.turns)
    html = display_html(*turns, style=BOX_STYLE)
    return HighlightedTranscript(transcript.id, len(suggestions), html, notes)


def _turn_html(transcript: Transcript, turn: Turn, suggestions: Suggestions, book: Codebook) -> str:
    marks = [
        Mark(start - turn.start, end - turn.start, f"{code} {score:.2f}", code_colour(book, code))
        for start, end, code, score in zip(
            suggestions.start, suggestions.end, suggestions.code, suggestions.score, strict=True
        )
        # By the start alone: a suggestion lies within one turn.
        if turn.start <= start < turn.end
    ]
    return turn_html(transcript.text[turn.start : turn.end], turn, marks)
