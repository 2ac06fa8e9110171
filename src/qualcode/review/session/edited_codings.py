"""Codings whose words are not found after an edit of the transcript, at the places where an update would put them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from qualcode.coding.update_plan import plan_update
from qualcode.model import Coding
from qualcode.study.study import Study


def propose_places(study: Study, codings: Iterable[Coding]) -> dict[str, Coding]:
    """Return codings without a place at their probable places in the present text, by id; a person confirms them.

    Codings for which no place is found are left out.
    """
    lost = {coding.id: coding for coding in codings if coding.status == "orphaned"}
    transcripts = {coding.transcript for coding in lost.values() if coding.transcript in study.transcripts}
    if not transcripts:
        return {}
    proposals = {}
    for update in plan_update(study, transcripts=transcripts).updates:
        coding, anchor = lost.get(update.event.id), update.new_anchor
        is_here = update.transcript is not None and coding is not None and update.transcript.id == coding.transcript
        if coding is not None and anchor is not None and is_here:
            proposals[coding.id] = replace(
                coding, start=anchor.start, end=anchor.end, quote=anchor.quote, status="changed", was=coding.quote
            )
    return proposals
