"""What one coder has coded and finished."""

from __future__ import annotations

from collections.abc import Mapping

from qualcode.model import Coding
from qualcode.study.study import Study


def placed_codings(study: Study, coder: str) -> list[Coding]:
    """Return a coder's codings except orphaned ones, which have no place in the current text."""
    return [coding for coding in study.codings if coding.coder == coder and coding.status != "orphaned"]


def finished_families(study: Study, coder: str) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has finished, by transcript; transcripts without any are missing."""
    all_families = frozenset(family.id for family in study.codebook.families)
    families_by_transcript: dict[str, frozenset[str]] = {}
    for mark in study.ledger_state.finished:
        if mark.coder == coder:
            before = families_by_transcript.get(mark.transcript, frozenset())
            # A mark without families is one for all, including families that were added later.
            marked = frozenset(map(study.codebook.current_id, mark.families)) or all_families
            families_by_transcript[mark.transcript] = before | marked
    return families_by_transcript
