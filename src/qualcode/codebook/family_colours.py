"""Default colours of families that the codebook gives none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from qualcode.model import Family

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#999933", "#332288")
"""Colours that people with colour blindness can tell apart and that show on white.

The first six are from Okabe, M., and Ito, K. (2008). Color universal design, the others from the muted scheme of Tol,
P. (2021). Colour schemes. Technical note SRON/EPS/TN/09-002.
"""


def add_default_colours(families: Sequence[Family]) -> list[Family]:
    """Return families in which each has a colour: its own, or else the next of the palette that no family has."""
    used = {family.colour.upper() for family in families if family.colour}
    free = (colour for colour in _list_colours() if colour not in used)
    return [family if family.colour else replace(family, colour=next(free)) for family in families]


def _list_colours() -> Iterator[str]:
    """Yield the palette, then the same colours again and again, each time darker."""
    for strength in (0.7**times for times in count()):
        for colour in PALETTE:
            channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
            yield "#" + "".join(f"{round(channel * strength):02X}" for channel in channels)
