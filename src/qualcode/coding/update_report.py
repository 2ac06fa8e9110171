"""The result of an update as table rows and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from qualcode.anchors import format_word_diff, turn_at
from qualcode.coding.renamed_sources import RenameMatch
from qualcode.coding.update_plan import CodingUpdate, UpdatePlan
from qualcode.errors import format_count, format_names, name_for_interface, name_option, shorten_text

_MAX_WORDS = 40
"""Characters of a possible place that are shown."""
_MAX_CANDIDATES = 3
"""Most possible places that are listed for a coding."""


UPDATE_COLUMNS = "id transcript code coder status why score start end quote was difference candidates".split()


def update_rows(plan: UpdatePlan) -> Iterator[dict[str, Any]]:
    """Yield one row per coding with a new or no place, with lost codings first, then those whose text changed."""
    for update in sorted(plan.updates, key=_priority_key):
        event, anchor = update.event, update.new_anchor
        place = anchor or event.anchor
        is_changed = anchor is not None and update.status == "changed"
        yield {
            "id": event.id,
            "transcript": update.transcript.id if update.transcript else event.transcript,
            "code": event.code,
            "coder": event.coder,
            "status": update.status,
            "why": _explain_update(update),
            "score": round(update.location.score, 3) if anchor else None,
            "start": place.start,
            "end": place.end,
            "quote": place.quote,
            "was": event.quote if place.quote != event.quote else "",
            "difference": format_word_diff(update.original.quote, place.quote) if is_changed else "",
            "candidates": len(update.location.candidates),
        }


def _priority_key(update: CodingUpdate) -> tuple[int, str, int, str]:
    order = {"orphaned": 0, "changed": 1}
    return order.get(update.status, 2), update.event.transcript, update.event.start, update.event.code


def _explain_update(update: CodingUpdate) -> str:
    others = f"found in {format_names(update.other_transcripts)}" if update.other_transcripts else ""
    return "; ".join(filter(None, (update.why, _describe_location(update), others)))


def _describe_location(update: CodingUpdate) -> str:
    event, anchor, location = update.event, update.new_anchor, update.location
    if update.transcript is None:
        return "" if update.why else "its transcript is missing"
    if anchor is not None:
        shift = anchor.start - event.start
        distance = format_count(abs(shift), "character")
        place = f"{distance} {'later' if shift > 0 else 'earlier'}" if shift else "same place"
        return f"text changed, {place}" if location.outcome == "changed" else f"same text, {place}"
    if location.outcome == "ambiguous":
        places = format_count(len(location.candidates), "possible place")
        return f"ambiguous: {places} ({_format_candidates(update)})"
    if location.outcome == "interviewer":
        return "its words are in an interviewer's turn now: were labels or roles changed?"
    if location.outcome == "partial":
        return f"moved apart or shortened: parts in {_format_candidates(update)}"
    return f"deleted; similar text in {_format_candidates(update)}" if location.candidates else "deleted"


def _format_candidates(update: CodingUpdate) -> str:
    places = []
    for (start, end), _ in update.location.candidates[:_MAX_CANDIDATES]:
        turn = turn_at(update.transcript, start) if update.transcript else None
        words = shorten_text(update.transcript.text[start:end], limit=_MAX_WORDS) if update.transcript else ""
        places.append(f"turn {turn.index}: “{words}”" if turn else f"{start}-{end}")
    return ", ".join(places) + (" ..." if len(update.location.candidates) > _MAX_CANDIDATES else "")


def update_notes(plan: UpdatePlan, *, written: int | None) -> list[str]:
    """Return notes on what an update found and, where ``written`` is given, recorded."""
    notes = [_rename_note(old_id, match) for old_id, match in plan.rename_matches.items()]
    counts = Counter(update.status for update in plan.updates)
    anchored = f"{counts['anchored']:,} in place beside edited text, " if counts["anchored"] else ""
    notes.append(
        f"{format_count(plan.unchanged_count, 'coding')} unchanged, {anchored}{counts['moved']:,} moved, "
        f"{counts['changed']:,} with changed text, {counts['orphaned']:,} not found"
    )
    if plan.memo_updates:
        found = sum(update.new_anchor is not None for update in plan.memo_updates)
        lost = len(plan.memo_updates) - found
        notes.append(f"{format_count(found, _kind(plan))} on edited passages followed, {lost:,} not found")
    if written is not None:
        notes.append(f"{format_count(written, 'move event')} recorded")
    elif counts.total() > counts["orphaned"] or plan.dependent_events or plan.memo_updates:
        asked = name_for_interface("--interactive", "choose=")
        notes.append(
            f"nothing is recorded yet: add {name_option('write', True)} to record it, or {asked} to be asked first"
        )
    return notes


def _rename_note(old_id: str, match: RenameMatch) -> str:
    if match.transcript:
        return f"{match.transcript} was {old_id} ({match.why.partition(': ')[2] or match.why})"
    candidates = f" ({format_names(match.candidates)})" if match.candidates else ""
    return f"'{old_id}' is missing: {match.why}{candidates}"


def _kind(plan: UpdatePlan) -> str:
    """Return what the passages without codings have: memos, adjudications that a code does not apply, or both."""
    kinds = {update.event.event for update in plan.memo_updates}
    return "memo" if kinds == {"memo"} else "adjudication" if kinds == {"reject"} else "memo or adjudication"
