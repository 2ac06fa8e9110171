"""Where units are in their transcripts: the share of the participants' words before their middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.universe import Ints, Universe

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UnitPositions:
    """Positions of the units of a universe, each of shape (units,)."""

    position: Floats
    """From 0 (the first word of the transcript) to 1 (the last)."""
    bin: Ints
    """The part of the transcript, of as many as were asked for."""


def find_positions(universe: Universe, *, bins: int) -> UnitPositions:
    """Return the positions of units, by the middle of their words among the transcript's participants' words."""
    first, last = universe.word_ranges(universe.unit_start, universe.unit_end)
    before = np.cumsum(universe.transcript_words) - universe.transcript_words
    begin, total = before[universe.unit_transcript], universe.transcript_words[universe.unit_transcript]
    position = ((first + last) / 2 - begin) / total
    # A unit without words at the end has the position 1, which is in the last bin.
    return UnitPositions(position, np.minimum((position * bins).astype(np.int64), bins - 1))
