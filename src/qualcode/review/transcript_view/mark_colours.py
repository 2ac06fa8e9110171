"""The colours of the codebook on the background of a theme: bars, labels, and the tint of coded words."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from qualcode.model.colour_contrast import GRAPHICS_CONTRAST, TEXT_CONTRAST, contrast, fit_colour, mix_colours

_TINT = 0.16
"""How much of a family's colour the background of coded words has."""


@dataclass(frozen=True, slots=True)
class MarkColours:
    """The styles of one family's marks."""

    bar: Style
    label: Style
    tint: Style


def build_mark_colours(colour: str, background: str, *, foreground: str, has_tint: bool) -> MarkColours:
    """Return a family's styles on a background: its colour, lighter or darker until it is easily seen (WCAG 2.2 AA)."""
    bar = fit_colour(colour, background, least=GRAPHICS_CONTRAST)
    label = fit_colour(colour, background, least=TEXT_CONTRAST)
    tint = mix_colours(background, bar, _TINT)
    is_readable = has_tint and contrast(foreground, tint) >= TEXT_CONTRAST
    return MarkColours(Style(color=bar), Style(color=label), Style(bgcolor=tint) if is_readable else Style())
