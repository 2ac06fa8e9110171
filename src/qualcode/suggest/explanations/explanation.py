"""The explanation of one suggestion as a value, and as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qualcode.errors import shorten_text
from qualcode.files import display_html, escape_html
from qualcode.suggest.explanations.html_spans import BOX_STYLE, PALE_STYLE, Mark, highlight_spans, weight_colour

WEIGHTS_NOTE = "a weight is in log odds: +0.7 doubles the odds, -0.7 halves them"
_MIN_HIGHLIGHT_WEIGHT = 0.1
_MAX_REASONS = 6
_MAX_CONTEXT_LENGTH, _MAX_QUOTE_LENGTH = 80, 160
"""Characters shown of the text that a reason refers to, and of a quote."""


@dataclass(frozen=True, slots=True)
class WeightedReason:
    """A reason for a code, or against it if the weight is negative."""

    kind: Literal["word", "around"]
    text: str
    weight: float
    """In log odds."""
    said: str = ""
    """The text that a reason around the sentence refers to."""


@dataclass(frozen=True, slots=True)
class SimilarSentence:
    """A sentence of another transcript, with the codes that the coder has given it."""

    transcript: str
    turn: int
    quote: str
    codes: tuple[str, ...]
    coder: str
    alike: float
    """Mean cosine over tf-idf of words, lemmas and character n-grams, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a code is suggested for a sentence; only the learner fills the fields from ``coder`` on.

    For a suggestion of cues, ``score`` and ``why`` are those of the cues, and the rest is what the learner finds.
    """

    id: str
    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    quote: str
    code: str
    name: str
    """Name of the code."""
    score: float
    maker: str
    why: str
    """The reasons in one line, as the maker gives them."""
    coder: str = ""
    """Coder whose decisions the learner was trained on."""
    threshold: float | None = None
    """Score from which the learner suggests the code; None for other makers."""
    reasons_for: tuple[WeightedReason, ...] = ()
    reasons_against: tuple[WeightedReason, ...] = ()
    coded_so: tuple[SimilarSentence, ...] = ()
    """The most similar sentences with the code."""
    not_coded_so: tuple[SimilarSentence, ...] = ()
    """The most similar sentences of finished transcripts without the code."""
    words: tuple[tuple[int, int, float], ...] = ()
    """Start, end (offsets in the quote) and weight of each word."""
    score_type: str = "score"
    """What the score is: ``probability``, or ``score``, which only ranks."""
    verdict: str = ""
    """Verdict on the learner's suggestions of the code: use, use with care, do not use."""
    because: str = ""
    """The reason of the verdict."""

    def row(self) -> dict[str, Any]:
        """Return all fields except ``words`` as plain values."""
        return {name: value for name, value in asdict(self).items() if name != "words"}

    def _repr_html_(self) -> str:
        return explanation_html(self)


def explanation_html(explanation: Explanation) -> str:
    """Return an explanation as HTML: the quote with its words coloured by weight, reasons, similar sentences."""
    marks = [
        # displaCy has one colour for each label, so the colour must follow from the rounded weight.
        Mark(start, end, f"{weight:+.1f}", weight_colour(round(weight, 1)))
        for start, end, weight in explanation.words
        if abs(weight) >= _MIN_HIGHLIGHT_WEIGHT
    ]
    parts = [
        *_heading_html(explanation),
        highlight_spans(explanation.quote, marks),
        *_reasons_html(explanation),
        _quotes_html("Most similar sentences with this code", explanation.coded_so),
        _quotes_html("Most similar sentences without this code", explanation.not_coded_so),
    ]
    return display_html(*parts, style=BOX_STYLE)


def _heading_html(explanation: Explanation) -> Iterator[str]:
    yield f"<p><b>{escape_html(explanation.code)}</b> {escape_html(explanation.name)}: <b>{explanation.score:.2f}</b> "
    yield f"{escape_html(_describe_score(explanation))}<br>"
    yield f'<span style="{PALE_STYLE}">{escape_html(explanation.transcript)}, '
    yield f"turn {explanation.turn}, {escape_html(explanation.speaker)}</span></p>"


def _describe_score(explanation: Explanation) -> str:
    ranks = "" if explanation.score_type == "probability" else "; scores rank and are not probabilities"
    if explanation.threshold is None:
        return f"by {explanation.maker}{ranks}"
    return f"suggested from {explanation.threshold:.2f}; trained on {explanation.coder}'s codings{ranks}"


def _reasons_html(explanation: Explanation) -> Iterator[str]:
    if explanation.threshold is None:
        yield f"<p>{escape_html(explanation.maker)}: {escape_html(explanation.why)}</p>"
    if not explanation.coder:
        return
    model = f"model trained on {explanation.coder}'s codings: {explanation.verdict} ({explanation.because})"
    yield f'<p style="{PALE_STYLE}">{escape_html(model)}</p>'
    cell = "vertical-align: top; text-align: left; padding-right: 2em; width: 50%"
    yield '<table style="border: none"><tr>'
    for title, reasons in (("For", explanation.reasons_for), ("Against", explanation.reasons_against)):
        yield f'<td style="{cell}"><b>{title}</b>{_weights_html(reasons)}</td>'
    yield f'</tr></table><p style="{PALE_STYLE}; font-size: 0.85em">{escape_html(WEIGHTS_NOTE)}</p>'


def _weights_html(reasons: Sequence[WeightedReason]) -> str:
    lines = "".join(f"<div>{_weight_html(reason)}</div>" for reason in reasons[:_MAX_REASONS])
    more = len(reasons) - _MAX_REASONS
    return (lines or "<div>none</div>") + (f'<div style="{PALE_STYLE}">and {more} more</div>' if more > 0 else "")


def _weight_html(reason: WeightedReason) -> str:
    text = f"“{reason.text}”" if reason.kind == "word" else reason.text
    context = escape_html(shorten_text(reason.said, limit=_MAX_CONTEXT_LENGTH))
    weight = f'<span style="background: {weight_colour(reason.weight)}; color: #111">{reason.weight:+.1f}</span>'
    return f"{weight} {escape_html(text)}" + (f' <span style="{PALE_STYLE}">{context}</span>' if reason.said else "")


def _quotes_html(title: str, sentences: Iterable[SimilarSentence]) -> str:
    lines = "".join(map(_quote_html, sentences))
    return f'<p style="margin: 0.6em 0 0"><b>{title}</b></p>{lines}' if lines else ""


def _quote_html(sentence: SimilarSentence) -> str:
    quote = escape_html(shorten_text(sentence.quote, limit=_MAX_QUOTE_LENGTH))
    codes = escape_html(", ".join(sentence.codes) or "no code")
    return (
        f'<div>{sentence.alike:.2f} <span style="{PALE_STYLE}">{escape_html(sentence.transcript)}, turn {sentence.turn}'
        f'</span> “{quote}” <span style="{PALE_STYLE}">{codes} ({escape_html(sentence.coder)})</span></div>'
    )
