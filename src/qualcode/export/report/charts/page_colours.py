"""Colours of families and groups on light and dark pages, each with enough contrast to its background."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_GREY = "#7A7A7A"
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#16191d"
_MIN_CONTRAST = 3.0
"""Of graphical objects to their background, by the Web Content Accessibility Guidelines 2.2 (1.4.11)."""
_STEPS = 20
GROUP_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9")
"""Of groups that are compared (Okabe and Ito 2008, with a darker yellow); further groups repeat them."""


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


def fit_colour(colour: str, page: str) -> str:
    """Return a colour, as far darker on a light page or lighter on a dark one as it needs to be seen.

    >>> fit_colour("#0072B2", "#ffffff"), fit_colour("red", "#ffffff")
    ('#0072b2', '#7a7a7a')
    """
    given = colour if _COLOUR.fullmatch(colour) else _GREY
    target = "#000000" if relative_luminance(page) > 0.5 else "#ffffff"
    mixed = (_mix(given, target, step / _STEPS) for step in range(_STEPS + 1))
    return next(one for one in mixed if contrast(one, page) >= _MIN_CONTRAST)


def _mix(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def colour_rules(prefix: str, colours: Sequence[str]) -> str:
    """Return the style rules of numbered classes, such as ``.f0``, that set the colour of what they are on."""
    light = "\n".join(_rules(prefix, colours, LIGHT_PAGE))
    dark = "\n".join(_rules(prefix, colours, DARK_PAGE))
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _rules(prefix: str, colours: Sequence[str], page: str) -> Iterator[str]:
    for number, colour in enumerate(colours):
        yield f".{prefix}{number} {{ --own: {fit_colour(colour, page)} }}"
