"""The result of an update as table rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qualcode.anchors import format_word_diff
from qualcode.coding.update_plan import CodingUpdate, UpdatePlan
from qualcode.errors import format_count, format_names

_MAX_CANDIDATES = 3
"""Places that are listed for a coding that could stand in several."""


UPDATE_COLUMNS = "id transcript code coder status why score start end quote was difference candidates".split()


def update_rows(made: UpdatePlan) -> Iterator[dict[str, Any]]:
    """Yield a line a coding that the ledger has to be told of, or that is lost; what a person should look at first."""
    for step in sorted(made.updates, key=_priority_key):
        event, placed = step.event, step.new_anchor
        yield {
            "id": event.id,
            "transcript": step.transcript.id if step.transcript else event.transcript,
            "code": event.code,
            "coder": event.coder,
            "status": step.status,
            "why": _explain_update(step),
            "score": round(step.location.score, 3) if placed else None,
            "start": placed.start if placed else event.start,
            "end": placed.end if placed else event.end,
            "quote": placed.quote if placed else event.quote,
            "was": event.quote if placed and placed.quote != event.quote else "",
            "difference": format_word_diff(step.original.quote, placed.quote)
            if placed and step.status == "changed"
            else "",
            "candidates": len(step.location.candidates),
        }


def _priority_key(step: CodingUpdate) -> tuple[int, str, int, str]:
    order = {"orphaned": 0, "changed": 1}
    return order.get(step.status, 2), step.event.transcript, step.event.start, step.event.code


def _explain_update(step: CodingUpdate) -> str:
    elsewhere = f"its words stand in {format_names(step.other_transcripts)}" if step.other_transcripts else ""
    return "; ".join(filter(None, (step.why, _describe_location(step), elsewhere)))


def _describe_location(step: CodingUpdate) -> str:
    event, placed, found = step.event, step.new_anchor, step.location
    if step.transcript is None:
        return "" if step.why else "its transcript is missing"
    if placed is not None:
        shift = placed.start - event.start
        where = f"{abs(shift):,} characters {'later' if shift > 0 else 'earlier'}" if shift else "where it was"
        return f"words changed, {where}" if found.outcome == "changed" else f"same words, {where}"
    if found.outcome == "ambiguous":
        return f"could be in {len(found.candidates)} places ({_format_candidates(step)})"
    return f"gone; something alike at {_format_candidates(step)}" if found.candidates else "gone"


def _format_candidates(step: CodingUpdate) -> str:
    spans = [f"{start}-{end}" for (start, end), _ in step.location.candidates[:_MAX_CANDIDATES]]
    return ", ".join(spans) + (" ..." if len(step.location.candidates) > _MAX_CANDIDATES else "")


def update_notes(made: UpdatePlan, *, written: int | None) -> list[str]:
    """Say in sentences what an update found and did."""
    many = {status: sum(step.status == status for step in made.updates) for status in ("anchored", "moved", "changed")}
    placed = sum(many.values())
    lost = len(made.updates) - placed
    lines = [
        f"{home.transcript} was {old} ({home.why.partition(': ')[2] or home.why})"
        if home.transcript
        else f"'{old}' is missing: {home.why}" + (f" ({format_names(home.candidates)})" if home.candidates else "")
        for old, home in made.rename_matches.items()
    ]
    kept = many["moved"] + many["anchored"]
    lines.append(
        f"{format_count(made.unchanged_count, 'coding')} unchanged, {kept:,} moved, {many['changed']:,} with changed text, "
        f"{lost:,} not found"
    )
    if written is not None:
        lines.append(f"{format_count(written, 'move')} recorded")
    elif placed or made.dependent_events:
        lines.append("nothing is recorded yet: add --write to record it, or --interactive to be asked first")
    return lines
