"""Texts with highlighted spans as HTML for notebooks, rendered by spaCy's displaCy without external resources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualcode.files import escape_html
from qualcode.model import Codebook, Turn, family_of, format_seconds

GREEN, RED, GREY = "#2E8B57", "#C0392B", "#8A8A8A"
PALE_STYLE = "color: #777"
BOX_STYLE = "max-width: 60em; font-size: 15px; text-align: left"

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_FULL_STRENGTH_WEIGHT = 1.5
"""Weight in log odds from which a word has the strongest colour."""

_MARK = (
    '<mark class="entity" style="background: {bg}; color: #111; padding: 0.15em 0.25em; line-height: 1; '
    'border-radius: 0.3em">{text}<span style="font-size: 0.7em; margin-left: 0.3em">{label}{kb_link}</span></mark>'
)
_TOKEN = (
    '<span style="display: inline-block; position: relative; height: {total_height}px">{text}{span_slices}'
    "{span_starts}</span> "
)
_SLICE = (
    '<span style="background: {bg}; top: {top_offset}px; height: 4px; left: -1px; width: calc(100% + 0.35em); '
    'position: absolute"></span>'
)
_START = (
    '<span style="background: {bg}; top: {top_offset}px; height: 4px; border-radius: 3px 0 0 3px; left: -1px; '
    'width: calc(100% + 0.35em); position: absolute"><span style="background: {bg}; z-index: 10; color: #000; '
    "top: -0.4em; padding: 2px 4px; position: absolute; white-space: nowrap; font-size: 0.65em; line-height: 1; "
    'border-radius: 3px">{label}{kb_link}</span></span>'
)
# displaCy's own templates, but without a space before a comma, with labels on one line, and without bold words.


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a text to highlight, with its label."""

    start: int
    end: int
    label: str
    colour: str = GREY
    """In the form ``#2F6F8F``; anything else is replaced by grey."""


def highlight_spans(text: str, marks: Sequence[Mark]) -> str:
    """Return a text with coloured spans, which must not overlap; marks with the same label have the same colour."""
    # displaCy escapes the text, but not the labels.
    entities = [{"start": mark.start, "end": mark.end, "label": escape_html(mark.label)} for mark in marks]
    options = {"colors": _label_colours(marks), "template": _MARK}
    return _render({"text": text, "ents": entities}, style="ent", options=options)


def underline_spans(text: str, marks: Sequence[Mark]) -> str:
    """Return a text with underlined spans, extended to whole words; overlapping spans are drawn one below another."""
    # displaCy's span style draws tokens, not characters.
    tokens = list(re.finditer(r"\S+", text))
    spans = []
    for mark in marks:
        inside = [index for index, token in enumerate(tokens) if token.start() < mark.end and mark.start < token.end()]
        if inside:
            spans.append({"start_token": inside[0], "end_token": inside[-1] + 1, "label": escape_html(mark.label)})
    options = {
        "colors": _label_colours(marks),
        "template": {"span": _TOKEN, "slice": _SLICE, "start": _START},
        # Pixels, less than displaCy's defaults (40 and 17), which leave more white space between the lines.
        "top_offset": 30,
        "top_offset_step": 16,
    }
    return _render({"tokens": [token.group() for token in tokens], "spans": spans}, style="span", options=options)


def turn_html(text: str, turn: Turn, marks: Sequence[Mark]) -> str:
    """Return a turn with its speaker, number and time, and underlined spans; interviewers' words are pale."""
    place = f"turn {turn.index}" if turn.time is None else f"turn {turn.index}, {format_seconds(turn.time)}"
    speaker = f'<b>{escape_html(turn.speaker)}</b> <span style="{PALE_STYLE}">{place}</span>'
    if marks:
        return f"<div>{speaker}{underline_spans(text, marks)}</div>"
    style = f"margin: 0.2em 0 0.8em; {PALE_STYLE if turn.role == 'interviewer' else ''}"
    return f'<div>{speaker}<p style="{style}">{escape_html(text)}</p></div>'


def code_colour(book: Codebook, code_id: str) -> str:
    """Return the colour of a code, or else of its family, light enough for its label to be readable."""
    code = book.by_id.get(code_id)
    families = {family.id: family.colour for family in book.families}
    return tint((code.colour if code else "") or families.get(family_of(code_id), ""), 0.55)


def _render(parsed: Mapping[str, object], *, style: str, options: Mapping[str, object]) -> str:
    from spacy import displacy

    return str(displacy.render(dict(parsed), style=style, manual=True, jupyter=False, options=dict(options)))


def _label_colours(marks: Sequence[Mark]) -> dict[str, str]:
    return {escape_html(mark.label): _valid_colour(mark.colour) for mark in marks}


def weight_colour(weight: float) -> str:
    """Return the colour of a weight in log odds: green if positive, red if negative, paler the smaller it is.

    >>> weight_colour(0.0), weight_colour(9.0), weight_colour(-9.0)
    ('#ffffff', '#86bc9e', '#da8c84')
    """
    # At most 0.58 of the colour, so that black text is readable on it.
    return tint(GREEN if weight >= 0 else RED, 0.58 * min(abs(weight) / _FULL_STRENGTH_WEIGHT, 1))


def tint(colour: str, strength: float) -> str:
    """Return a colour mixed with white, so that black text is readable on it; ``strength`` is from 0 (white) to 1.

    What is not a colour is replaced by grey.
    """
    colour = _valid_colour(colour)
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - channel) * strength):02x}" for channel in channels)


def _valid_colour(colour: str) -> str:
    return colour if _COLOUR.fullmatch(colour) else GREY
