"""The one counting core: units x codes, from which every table and every graph is read off."""

from qualcode.incidence.counts import Cooccurrence, Frequency, cooccurrence, frequencies, transcripts_of
from qualcode.incidence.matrix import Incidence, incidence
from qualcode.incidence.rows import LEVELS, Level, Row, rows_of
from qualcode.incidence.universe import Universe, universe

__all__ = [
    "LEVELS",
    "Cooccurrence",
    "Frequency",
    "Incidence",
    "Level",
    "Row",
    "Universe",
    "cooccurrence",
    "frequencies",
    "incidence",
    "rows_of",
    "transcripts_of",
    "universe",
]
