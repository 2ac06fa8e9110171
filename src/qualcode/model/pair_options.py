"""Options of pairs and networks: what counts as together, and what the weight of an edge is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from qualcode.model.transcript_parts import Unit

PairRuleName = Literal["unit", "overlap", "stanza"]

EdgeWeight = Literal["count", "jaccard", "cosine", "lift", "npmi", "phi", "c_coefficient"]
EDGE_WEIGHTS: tuple[EdgeWeight, ...] = get_args(EdgeWeight)
"""Measures that can be the weight of an edge."""


@dataclass(frozen=True, slots=True)
class PairRule:
    """What counts as together: two codes in one unit, in passages that overlap, or in a stanza of ``size`` turns."""

    name: PairRuleName = "unit"
    size: int = 0

    def describe(self, unit: Unit) -> str:
        """Return the name of the rule as options have it; that of ``unit`` if two codes must be in one unit."""
        names = {"unit": str(unit), "overlap": "overlap", "stanza": f"stanza:{self.size}"}
        return names[self.name]
