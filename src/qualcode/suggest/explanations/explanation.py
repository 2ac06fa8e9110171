"""Explanation: split from explaining."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from qualcode.errors import shorten_text
from qualcode.suggest.explanations.html_spans import BOX_STYLE, PALE_STYLE, Mark, highlight_spans, weight_colour

if TYPE_CHECKING:
    pass


WEIGHTS_NOTE = "a weight is in log odds: +0.7 doubles the odds, -0.7 halves them"


@dataclass(frozen=True, slots=True)
class WeightedReason:
    """One thing that spoke for a code, or with a weight below 0 against it."""

    kind: Literal["word", "around"]
    text: str
    weight: float
    """In log odds."""
    said: str = ""
    """The words that it is about, where they are not its own."""


@dataclass(frozen=True, slots=True)
class SimilarSentence:
    """A sentence of another transcript that was read, with the codes that it was given."""

    transcript: str
    turn: int
    quote: str
    codes: tuple[str, ...]
    coder: str
    alike: float
    """How many words they share, those that are rare counting more: from 0 to 1, which is the same sentence."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a code is suggested for a sentence; what the learner alone can tell is empty for other makers."""

    id: str
    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    quote: str
    code: str
    name: str
    score: float
    maker: str
    why: str
    """The reasons in one line, as the maker gives them."""
    coder: str = ""
    """Whose decisions were learnt from."""
    threshold: float | None = None
    """The score from which on the code is shown."""
    reasons_for: tuple[WeightedReason, ...] = ()
    reasons_against: tuple[WeightedReason, ...] = ()
    coded_so: tuple[SimilarSentence, ...] = ()
    """The sentences most like it that were given the code."""
    not_coded_so: tuple[SimilarSentence, ...] = ()
    """The sentences most like it that were read and not given the code."""
    words: tuple[tuple[int, int, float], ...] = ()
    """What each word of the quote weighs: start, end, weight."""

    def row(self) -> dict[str, Any]:
        """Return all but the places of words as plain values."""
        found = asdict(self)
        del found["words"]
        return found

    def _repr_html_(self) -> str:
        return explanation_html(self)


_MIN_HIGHLIGHT_WEIGHT = 0.1
"""Weight from which on a word is highlighted."""


_MAX_REASONS = 6


_MAX_CONTEXT_LENGTH, _MAX_QUOTE_LENGTH = 80, 160
"""Characters that are shown of what a reason is about, and of a quote."""


def explanation_html(one: Explanation) -> str:
    """Return an explanation as HTML: the quote with its words coloured by weight, reasons, quotes it is like."""
    marks = [
        Mark(start, end, f"{weight:+.1f}", weight_colour(round(weight, 1)))
        for start, end, weight in one.words
        if abs(weight) >= _MIN_HIGHLIGHT_WEIGHT
    ]
    parts = [
        f"<p><b>{escape(one.code)}</b> {escape(one.name)}: <b>{one.score:.2f}</b> {escape(_threshold_text(one))}<br>"
        f'<span style="{PALE_STYLE}">{escape(one.transcript)}, turn {one.turn}, {escape(one.speaker)}</span></p>',
        highlight_spans(one.quote, marks),
        *(_reasons_html(one) if one.coder else [f"<p>{escape(one.maker)}: {escape(one.why)}</p>"]),
        _quotes_html("Coded so, and most like it", one.coded_so),
        _quotes_html("Read and not coded so, and most like it", one.not_coded_so),
    ]
    return f'<div style="{BOX_STYLE}">{"".join(parts)}</div>'


def _threshold_text(one: Explanation) -> str:
    if one.threshold is None:
        return f"by {one.maker}; its scores rank, they are no probabilities"
    return f"shown from {one.threshold:.2f} on; learnt from {one.coder}'s codings"


def _reasons_html(one: Explanation) -> Iterator[str]:
    cell = "vertical-align: top; text-align: left; padding-right: 2em; width: 50%"
    yield f'<table style="border: none"><tr><td style="{cell}"><b>For</b>{_weights_html(one.reasons_for)}</td>'
    yield f'<td style="{cell}"><b>Against</b>{_weights_html(one.reasons_against)}</td></tr></table>'
    yield f'<p style="{PALE_STYLE}; font-size: 0.85em">{escape(WEIGHTS_NOTE)}</p>'


def _weights_html(reasons: Sequence[WeightedReason]) -> str:
    shown = "".join(f"<div>{_weight_html(one)}</div>" for one in reasons[:_MAX_REASONS])
    more = len(reasons) - _MAX_REASONS
    return (shown or "<div>nothing</div>") + (f'<div style="{PALE_STYLE}">and {more} more</div>' if more > 0 else "")


def _weight_html(one: WeightedReason) -> str:
    text = f"“{one.text}”" if one.kind == "word" else one.text
    said = (
        f' <span style="{PALE_STYLE}">{escape(shorten_text(one.said, limit=_MAX_CONTEXT_LENGTH))}</span>'
        if one.said
        else ""
    )
    weight = f'<span style="background: {weight_colour(one.weight)}; color: #111">{one.weight:+.1f}</span>'
    return f"{weight} {escape(text)}{said}"


def _quotes_html(title: str, found: Iterable[SimilarSentence]) -> str:
    lines = "".join(
        f'<div>{one.alike:.2f} <span style="{PALE_STYLE}">{escape(one.transcript)}, turn {one.turn}</span> '
        f"“{escape(shorten_text(one.quote, limit=_MAX_QUOTE_LENGTH))}” "
        f'<span style="{PALE_STYLE}">{escape(", ".join(one.codes) or "no code")} ({escape(one.coder)})</span></div>'
        for one in found
    )
    return f'<p style="margin: 0.6em 0 0"><b>{title}</b></p>{lines}' if lines else ""
