"""What notebooks show of suggestions, as HTML: one explained, and a transcript with all that is suggested in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from qualcode.model import Codebook, Transcript, Turn
from qualcode.study.selection import find_transcript
from qualcode.study.study import Study
from qualcode.suggest.explanations.html_spans import BOX_STYLE, PALE_STYLE, Mark, tint, underline_spans
from qualcode.suggest.study_suggestions import list_suggestions
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


@dataclass(frozen=True, slots=True)
class HighlightedTranscript:
    """A transcript with the codes that are suggested for its sentences; a notebook shows it."""

    transcript: str
    suggestions: int
    html: str = field(repr=False)
    notes: list[str] = field(default_factory=list, repr=False)

    def _repr_html_(self) -> str:
        return self.html


def highlight_transcript(study: Study, transcript: str, wanted: SuggestionOptions) -> HighlightedTranscript:
    """Return a transcript with its suggestions highlighted, and notes on them."""
    held = find_transcript(study, transcript)
    only = SuggestionOptions(**{**wanted, "transcripts": held.id, "order": "transcript"})
    found, said = list_suggestions(study, only)
    turns = "".join(_turn_html(held, turn, found, study.codebook) for turn in held.turns)
    return HighlightedTranscript(held.id, len(found), f'<div style="{BOX_STYLE}">{turns}</div>', said)


def _turn_html(held: Transcript, turn: Turn, found: Suggestions, book: Codebook) -> str:
    who = f'<b>{escape(turn.speaker)}</b> <span style="{PALE_STYLE}">turn {turn.index}</span>'
    text = held.text[turn.start : turn.end]
    marks = [
        Mark(
            found.start[row] - turn.start,
            found.end[row] - turn.start,
            f"{found.code[row]} {found.score[row]:.2f}",
            _code_colour(book, found.code[row]),
        )
        for row in range(len(found))
        if turn.start <= found.start[row] < turn.end
    ]
    if not marks:
        style = f"margin: 0.2em 0 0.8em; {PALE_STYLE if turn.role == 'interviewer' else ''}"
        return f'<div>{who}<p style="{style}">{escape(text)}</p></div>'
    return f"<div>{who}{underline_spans(text, marks)}</div>"


def _code_colour(book: Codebook, code: str) -> str:
    """Return a code's colour, else its family's, thinned so that its label can be read."""
    families = {family.id: family.colour for family in book.families}
    held = book.by_id[code]
    return tint(held.colour or families.get(held.family, ""), 0.55)
