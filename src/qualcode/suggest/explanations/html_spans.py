"""Texts with highlighted spans as HTML for notebooks, drawn by spaCy's displaCy: nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


GREEN, RED, GREY = "#2E8B57", "#C0392B", "#8A8A8A"

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_FULL_STRENGTH_WEIGHT = 1.5
"""Weight, in log odds, from which on a word is highlighted as strongly as can be."""

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
# displaCy's own templates, but: no space before a comma, labels in one line, and words not all in bold.


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a text to be highlighted, with what is written beside it."""

    start: int
    end: int
    label: str
    colour: str = GREY
    """As ``#2F6F8F``; anything else is grey."""


def highlight_spans(text: str, marks: Sequence[Mark]) -> str:
    """Return a text with coloured spans, which may not overlap; marks of one label have one colour."""
    ents = [{"start": one.start, "end": one.end, "label": escape(one.label)} for one in marks]
    options = {"colors": _label_colours(marks), "template": _MARK}
    return _render({"text": text, "ents": ents}, style="ent", options=options)


def underline_spans(text: str, marks: Sequence[Mark]) -> str:
    """Return a text with underlined spans, one below another where they overlap; they grow to whole words."""
    tokens = list(re.finditer(r"\S+", text))
    spans = []
    for one in marks:
        inside = [place for place, token in enumerate(tokens) if token.start() < one.end and one.start < token.end()]
        if inside:
            spans.append({"start_token": inside[0], "end_token": inside[-1] + 1, "label": escape(one.label)})
    options = {
        "colors": _label_colours(marks),
        "template": {"span": _TOKEN, "slice": _SLICE, "start": _START},
        "top_offset": 30,
        "top_offset_step": 16,
    }
    return _render({"tokens": [token.group() for token in tokens], "spans": spans}, style="span", options=options)


def _render(parsed: Mapping[str, object], *, style: str, options: Mapping[str, object]) -> str:
    from spacy import displacy

    return str(displacy.render(dict(parsed), style=style, manual=True, jupyter=False, options=dict(options)))


def _label_colours(marks: Sequence[Mark]) -> dict[str, str]:
    return {escape(one.label): one.colour if _COLOUR.fullmatch(one.colour) else GREY for one in marks}


def weight_colour(weight: float) -> str:
    """Return a colour for a weight in log odds: green where it speaks for, red where against, pale where it is little.

    >>> of_weight(0.0), of_weight(9.0), of_weight(-9.0)
    ('#ffffff', '#86bc9e', '#da8c84')
    """
    return tint(GREEN if weight >= 0 else RED, 0.58 * min(abs(weight) / _FULL_STRENGTH_WEIGHT, 1))


def tint(colour: str, strength: float) -> str:
    """Return a colour thinned with white, so that black text can be read on it; grey for what is no colour."""
    held = colour if _COLOUR.fullmatch(colour) else GREY
    parts = (int(held[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02x}" for part in parts)


PALE_STYLE = "color: #777"


BOX_STYLE = "max-width: 60em; font-size: 15px; text-align: left"
