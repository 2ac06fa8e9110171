"""The colours of the codebook on the background of a theme: bars, labels, and the tint of coded words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from rich.color import Color, ColorSystem
from rich.style import Style

from qualcode.model.colour_contrast import GRAPHICS_CONTRAST, TEXT_CONTRAST, contrast, fit_colour, mix_colours

_TINTS = (0.16, 0.12, 0.08)
"""How much of another colour the background of coded words has."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What marks are drawn on: the background, the colours of text on it, and how many colours the terminal has."""

    background: str
    texts: Sequence[str]
    system: ColorSystem = ColorSystem.TRUECOLOR
    is_coloured: bool = True
    """False if the user wants no colours."""
    is_known: bool = True
    """False if the terminal chooses the background."""


@dataclass(frozen=True, slots=True)
class MarkColours:
    """The styles of one family's marks."""

    bar: Style
    label: Style
    tint: Style


@lru_cache(4096)
def seen_colour(colour: str, system: ColorSystem) -> str:
    """Return the colour that a terminal shows, the nearest one that it has.

    >>> seen_colour("#0072b2", ColorSystem.EIGHT_BIT)
    '#005faf'
    """
    return Color.parse(colour).downgrade(system).get_truecolor().hex


def fit_seen_colour(colour: str, surface: Surface, least: float) -> str:
    """Return a colour, lighter or darker until a terminal shows it with the least contrast."""
    return fit_colour(colour, surface.background, least=least, seen_as=partial(seen_colour, system=surface.system))


def build_mark_colours(colour: str, surface: Surface) -> MarkColours:
    """Return a family's styles: its colour, lighter or darker until it is easily seen (WCAG 2.2 AA)."""
    given = colour if surface.is_coloured else surface.texts[0]
    bar = fit_seen_colour(given, surface, GRAPHICS_CONTRAST)
    label = fit_seen_colour(given, surface, TEXT_CONTRAST)
    return MarkColours(Style(color=bar), Style(color=label), _make_tint(bar, surface))


def _make_tint(colour: str, surface: Surface) -> Style:
    """Return the background of coded words: the strongest on which all text can be read."""
    if surface.system == ColorSystem.STANDARD or not surface.is_known:
        return Style()
    # Of dark colours a terminal with 256 has few; of greys it has enough.
    source = colour if surface.system == ColorSystem.TRUECOLOR else surface.texts[0]
    tints = (mix_colours(surface.background, source, share) for share in _TINTS)
    return next((Style(bgcolor=tint) for tint in tints if _is_readable(tint, surface)), Style())


def _is_readable(background: str, surface: Surface) -> bool:
    seen = seen_colour(background, surface.system)
    return all(contrast(seen_colour(text, surface.system), seen) >= TEXT_CONTRAST for text in surface.texts)
