"""The one counting core: units x codes, from which every table and every graph is read off."""

from qualcode.incidence.counts import Cooccurrence, Frequency, cooccurrence, frequencies
from qualcode.incidence.groups import codings_in, parts_in, transcripts_in, units_in
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
    "codings_in",
    "cooccurrence",
    "frequencies",
    "incidence",
    "parts_in",
    "rows_of",
    "transcripts_in",
    "units_in",
    "universe",
]
