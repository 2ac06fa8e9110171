"""What notebooks show of suggestions, as HTML: one explained, and a transcript with all that is suggested in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from qualcode.errors import shortened
from qualcode.model import Codebook, Transcript, Turn
from qualcode.project.choice import WantedSuggestions, chosen_transcript
from qualcode.project.explaining import WEIGHTS_SAID, Alike, Explanation, Weight
from qualcode.project.study import Study
from qualcode.project.suggesting import proposed
from qualcode.suggest.highlighting import Mark, marked, of_weight, tint, underlined

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions

_LEAST = 0.1
"""Weight from which on a word is highlighted."""
_MOST = 6
_SAID, _QUOTED = 80, 160
"""Characters that are shown of what a reason is about, and of a quote."""
_PALE = "color: #777"
_BOX = "max-width: 60em; font-size: 15px; text-align: left"


@dataclass(frozen=True, slots=True)
class Highlighted:
    """A transcript with the codes that are suggested for its sentences; a notebook shows it."""

    transcript: str
    suggestions: int
    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        return self.html


def highlighted(study: Study, transcript: str, wanted: WantedSuggestions) -> tuple[Highlighted, list[str]]:
    """Return a transcript with suggestions highlighted, and sentences on them."""
    held = chosen_transcript(study, transcript)
    only = WantedSuggestions(**{**wanted, "transcripts": held.id, "order": "transcript"})
    found, said = proposed(study, only)
    turns = "".join(_turn_html(held, turn, found, study.book) for turn in held.turns)
    return Highlighted(held.id, len(found), f'<div style="{_BOX}">{turns}</div>'), said


def _turn_html(held: Transcript, turn: Turn, found: Suggestions, book: Codebook) -> str:
    who = f'<b>{escape(turn.speaker)}</b> <span style="{_PALE}">turn {turn.index}</span>'
    text = held.text[turn.start : turn.end]
    marks = [
        Mark(
            found.start[row] - turn.start,
            found.end[row] - turn.start,
            f"{found.code[row]} {found.score[row]:.2f}",
            _colour(book, found.code[row]),
        )
        for row in range(len(found))
        if turn.start <= found.start[row] < turn.end
    ]
    if not marks:
        style = f"margin: 0.2em 0 0.8em; {_PALE if turn.role == 'interviewer' else ''}"
        return f'<div>{who}<p style="{style}">{escape(text)}</p></div>'
    return f"<div>{who}{underlined(text, marks)}</div>"


def _colour(book: Codebook, code: str) -> str:
    """Return a code's colour, else its family's, thinned so that its label can be read."""
    families = {family.id: family.colour for family in book.families}
    held = book.by_id[code]
    return tint(held.colour or families.get(held.family, ""), 0.55)


def explanation_html(one: Explanation) -> str:
    """Return an explanation as HTML: the quote with its words coloured by weight, reasons, quotes it is like."""
    marks = [
        Mark(start, end, f"{weight:+.1f}", of_weight(round(weight, 1)))
        for start, end, weight in one.words
        if abs(weight) >= _LEAST
    ]
    parts = [
        f"<p><b>{escape(one.code)}</b> {escape(one.name)}: <b>{one.score:.2f}</b> {escape(_shown_from(one))}<br>"
        f'<span style="{_PALE}">{escape(one.transcript)}, turn {one.turn}, {escape(one.speaker)}</span></p>',
        marked(one.quote, marks),
        *(_reasons(one) if one.coder else [f"<p>{escape(one.maker)}: {escape(one.why)}</p>"]),
        _quotes("Coded so, and most like it", one.coded_so),
        _quotes("Read and not coded so, and most like it", one.not_coded_so),
    ]
    return f'<div style="{_BOX}">{"".join(parts)}</div>'


def _shown_from(one: Explanation) -> str:
    if one.threshold is None:
        return f"by {one.maker}; its scores rank, they are no probabilities"
    return f"shown from {one.threshold:.2f} on; learnt from {one.coder}'s codings"


def _reasons(one: Explanation) -> Iterator[str]:
    cell = "vertical-align: top; text-align: left; padding-right: 2em; width: 50%"
    yield f'<table style="border: none"><tr><td style="{cell}"><b>For</b>{_weights(one.reasons_for)}</td>'
    yield f'<td style="{cell}"><b>Against</b>{_weights(one.reasons_against)}</td></tr></table>'
    yield f'<p style="{_PALE}; font-size: 0.85em">{escape(WEIGHTS_SAID)}</p>'


def _weights(reasons: Sequence[Weight]) -> str:
    shown = "".join(f"<div>{_weight(one)}</div>" for one in reasons[:_MOST])
    more = len(reasons) - _MOST
    return (shown or "<div>nothing</div>") + (f'<div style="{_PALE}">and {more} more</div>' if more > 0 else "")


def _weight(one: Weight) -> str:
    text = f"“{one.text}”" if one.kind == "word" else one.text
    said = f' <span style="{_PALE}">{escape(shortened(one.said, most=_SAID))}</span>' if one.said else ""
    weight = f'<span style="background: {of_weight(one.weight)}; color: #111">{one.weight:+.1f}</span>'
    return f"{weight} {escape(text)}{said}"


def _quotes(title: str, found: Iterable[Alike]) -> str:
    lines = "".join(
        f'<div>{one.alike:.2f} <span style="{_PALE}">{escape(one.transcript)}, turn {one.turn}</span> '
        f"“{escape(shortened(one.quote, most=_QUOTED))}” "
        f'<span style="{_PALE}">{escape(", ".join(one.codes) or "no code")} ({escape(one.coder)})</span></div>'
        for one in found
    )
    return f'<p style="margin: 0.6em 0 0"><b>{title}</b></p>{lines}' if lines else ""
