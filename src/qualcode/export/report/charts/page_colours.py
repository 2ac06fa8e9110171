"""Colours of families and groups on light and dark pages, each with enough contrast to its background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.model.colour_contrast import fit_colour

LIGHT_PAGE, DARK_PAGE = "#ffffff", "#16191d"
GROUP_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9")
"""Of groups that are compared (Okabe and Ito 2008, with a darker yellow); further groups repeat them."""


def colour_rules(prefix: str, colours: Sequence[str]) -> str:
    """Return the style rules of numbered classes, such as ``.f0``, that set the colour of what they are on."""
    light = "\n".join(_rules(prefix, colours, LIGHT_PAGE))
    dark = "\n".join(_rules(prefix, colours, DARK_PAGE))
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _rules(prefix: str, colours: Sequence[str], page: str) -> Iterator[str]:
    for number, colour in enumerate(colours):
        yield f".{prefix}{number} {{ --own: {fit_colour(colour, page)} }}"
