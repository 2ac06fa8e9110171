"""What one coder has decided: the codings that stand, and what is finished."""

from __future__ import annotations

from collections.abc import Mapping

from qualcode.model import Coding
from qualcode.study.study import Study


def placed_codings(study: Study, coder: str) -> list[Coding]:
    """Return a coder's codings, but for orphaned ones, which have no place in their text any more."""
    return [coding for coding in study.codings if coding.coder == coder and coding.status != "orphaned"]


def finished_families(study: Study, coder: str) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has finished, by transcript; others are left out."""
    everything = frozenset(family.id for family in study.codebook.families)
    found: dict[str, frozenset[str]] = {}
    for entry in study.ledger_state.finished:
        if entry.coder == coder:
            found[entry.transcript] = found.get(entry.transcript, frozenset()) | (entry.families or everything)
    return found
