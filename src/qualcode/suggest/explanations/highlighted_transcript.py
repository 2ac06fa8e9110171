"""A transcript with its suggestions highlighted, as HTML for notebooks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from qualcode.model import Codebook, Transcript, Turn
from qualcode.study.selection import find_transcript
from qualcode.study.study import Study
from qualcode.suggest.explanations.html_spans import BOX_STYLE, PALE_STYLE, Mark, tint, underline_spans
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
    turns = "".join(_turn_html(transcript, turn, suggestions, study.codebook) for turn in transcript.turns)
    html = f'<div style="{BOX_STYLE}">{turns}</div>'
    return HighlightedTranscript(transcript.id, len(suggestions), html, notes)


def _turn_html(transcript: Transcript, turn: Turn, suggestions: Suggestions, book: Codebook) -> str:
    speaker = f'<b>{escape(turn.speaker)}</b> <span style="{PALE_STYLE}">turn {turn.index}</span>'
    text = transcript.text[turn.start : turn.end]
    marks = [
        Mark(start - turn.start, end - turn.start, f"{code} {score:.2f}", _code_colour(book, code))
        for start, end, code, score in zip(
            suggestions.start, suggestions.end, suggestions.code, suggestions.score, strict=True
        )
        # By the start alone: a suggestion lies within one turn.
        if turn.start <= start < turn.end
    ]
    if not marks:
        style = f"margin: 0.2em 0 0.8em; {PALE_STYLE if turn.role == 'interviewer' else ''}"
        return f'<div>{speaker}<p style="{style}">{escape(text)}</p></div>'
    return f"<div>{speaker}{underline_spans(text, marks)}</div>"


def _code_colour(book: Codebook, code_id: str) -> str:
    """Return the colour of a code, or else of its family, light enough for its label to be readable."""
    families = {family.id: family.colour for family in book.families}
    code = book.by_id[code_id]
    return tint(code.colour or families.get(code.family, ""), 0.55)
