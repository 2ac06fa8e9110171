"""Colours that people can see on the background: contrast, and colours changed until it is enough."""

from __future__ import annotations

import re
from collections.abc import Callable

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_GREY = "#7A7A7A"
_STEPS = 20
GRAPHICS_CONTRAST, TEXT_CONTRAST = 3.0, 4.5
"""Least contrast to the background by the Web Content Accessibility Guidelines 2.2 (1.4.11 and 1.4.3, level AA)."""


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 (black) to 1 (white), by WCAG 2.2.

    >>> relative_luminance("#000000"), relative_luminance("#ffffff")
    (0.0, 1.0)
    """
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21, by WCAG 2.2.

    >>> round(contrast("#000000", "#ffffff"), 6)
    21.0
    """
    low, high = sorted([relative_luminance(colour), relative_luminance(other)])
    return (high + 0.05) / (low + 0.05)


def fit_colour(colour: str, page: str, *, least: float = GRAPHICS_CONTRAST, seen_as: Callable[[str], str] = str) -> str:
    """Return a colour, as far darker on a light page or lighter on a dark one as it needs to be seen.

    On a page for which no colour has the ``least`` contrast, it is black or white. ``seen_as`` returns the colour that
    is shown instead of one where a screen has few colours.

    >>> fit_colour("#0072B2", "#ffffff"), fit_colour("red", "#ffffff")
    ('#0072b2', '#7a7a7a')
    """
    given = colour if _COLOUR.fullmatch(colour) else _GREY
    seen_page = seen_as(page)
    target = max("#000000", "#ffffff", key=lambda end: contrast(end, seen_page))
    mixed = (mix_colours(given, target, step / _STEPS) for step in range(_STEPS + 1))
    return next((one for one in mixed if contrast(seen_as(one), seen_page) >= least), target)


def mix_colours(colour: str, other: str, share: float) -> str:
    """Return a colour with a share of another, from 0 to 1.

    >>> mix_colours("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
