"""The place of every coding in the current text of its transcript, verified against its quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import get_args

from qualcode.anchors import find_anchor_exact, find_normalised, is_codable, make_anchor, normalise
from qualcode.ledger import Event, LedgerState, Origin
from qualcode.model import Code, Codebook, Coding, CodingStatus, DefinitionStatus, Transcript

_DISTINCTIVE_WORDS = 3
"""Words of a quote that may be the only occurrence of it; shorter ones are said again."""

LoadText = Callable[[str], str | None]

DuplicateIds = Mapping[str, tuple[str, ...]]
"""Ids of further events for the same coding, by the coding's id."""


@dataclass(frozen=True)
class Placements:
    """Codings at their places, ordered by transcript, start, end, code and coder."""

    codings: tuple[Coding, ...]
    duplicate_ids: DuplicateIds
    stale_counts: Mapping[tuple[str, str], int]
    """Number of codings with a place that an update would record, by transcript and coder."""
    coded_transcripts: tuple[Transcript, ...]
    """Transcripts whose current text is one that codings were made in."""


def place_codings(
    state: LedgerState, transcripts: Mapping[str, Transcript], codebook: Codebook, load_text: LoadText
) -> Placements:
    """Return the codings of a ledger state at their places in the current texts.

    ``load_text`` returns the text with a hash in which a coding was made, or None if it was not saved.
    """
    load_text = cache(load_text)
    memos = {memo.target: memo.text for memo in state.memo_events if memo.target}
    stale_counts: Counter[tuple[str, str]] = Counter()
    coded_transcripts: dict[str, Transcript] = {}
    codes = codebook.by_id
    codings = []
    for event in state.apply_events:
        transcript = transcripts.get(event.transcript)
        place, is_stale = _place_event(event, transcript, load_text)
        stale_counts[event.transcript, event.coder] += is_stale
        if transcript is not None and transcript.sha256 == event.sha256:
            coded_transcripts[transcript.id] = transcript
        code = codebook.current_id(event.code)
        definition = _compare_definition(event.origin, codes.get(code))
        original = state.original_events.get(event.id, event)
        coding = _build_coding(event, transcript, place, original, code=code, definition=definition)
        same_ids = (event.id, *state.duplicate_ids.get(event.id, ())) if memos else ()
        memo = _join_memos(memos.get(name, "") for name in same_ids)
        # A copy only where something differs: there may be 100,000 codings.
        codings.append(replace(coding, memo=memo) if memo else coding)
    # Events are in the order of their ids and the sort is stable, so the earliest of equal codings comes first.
    distinct, duplicate_ids = _merge_equal_codings(sorted(codings, key=CONTENT_KEY), state.duplicate_ids)
    # The plus sign leaves out counts of 0.
    return Placements(tuple(distinct), duplicate_ids, +stale_counts, tuple(coded_transcripts.values()))


CONTENT_KEY = attrgetter("transcript", "start", "end", "code", "coder")
"""Sort key of codings; two with the same key are one coding."""


def _merge_equal_codings(codings: Iterable[Coding], duplicate_ids: DuplicateIds) -> tuple[list[Coding], DuplicateIds]:
    """Merge codings that became equal when their codes were merged or their text was edited.

    ``codings`` are sorted by content. The earliest of each group stays; the ids of the others are added to its
    duplicates, so that retracting it retracts them. Orphaned codings are kept apart: they have no place to compare.
    """
    distinct: list[Coding] = []
    ids = dict(duplicate_ids)
    for _, same in groupby(codings, key=CONTENT_KEY):
        located: list[Coding] = []
        for coding in same:
            (distinct if coding.status == "orphaned" else located).append(coding)
        if len(located) > 1:
            first = located[0].id
            group = [name for coding in located for name in (coding.id, *ids.pop(coding.id, ()))]
            ids[first] = tuple(name for name in group if name != first)
            definition = min((coding.definition for coding in located), key=get_args(DefinitionStatus).index)
            memo = _join_memos(coding.memo for coding in located)
            located = [replace(located[0], memo=memo, definition=definition)]
        distinct += located
    return distinct, ids


def _compare_definition(origin: Origin, code: Code | None) -> DefinitionStatus:
    """Return whether a code has the definition under which a decision was made. The id of a code is no part of it."""
    if code is None:
        return "unknown"
    if origin.definition:
        return "current" if origin.definition == code.definition_hash else "earlier"
    # Older events have the hash of the whole entry only; if that differs, its cues may have been edited.
    return "current" if origin.entry and origin.entry in (code.entry_hash, *code.former_hashes) else "unknown"


def _join_memos(memos: Iterable[str]) -> str:
    """Return the different memos of equal codings, one per line: merging codings must not lose text."""
    return "\n".join(dict.fromkeys(memo for memo in memos if memo))


_Place = tuple[int, int, CodingStatus]


def _confirm_moved_place(event: Event, transcript: Transcript, found: _Place, load_text: LoadText) -> _Place:
    """Return the place of a quote that is not at its old one; ``found`` is what its context says.

    If the text in which it was coded is saved, its number of occurrences there decides where the context does not: one
    that is left of several may be another, and the only one in both texts is the same.
    """
    recorded: _Place = (event.start, event.end, "orphaned")
    start, end, status = found
    old_text = load_text(event.sha256)
    if old_text is not None:
        places = find_normalised(transcript.text, event.quote)
        old_count = len(find_normalised(old_text, event.quote))
        if len(places) < old_count:
            return recorded
        if old_count == len(places) == 1 and len(event.quote.split()) >= _DISTINCTIVE_WORDS:
            start, end, status = (*places[0], "moved")
    # An interviewer may say the same words.
    return (start, end, status) if status != "orphaned" and is_codable(transcript, start, end) else recorded


def _place_event(event: Event, transcript: Transcript | None, load_text: LoadText) -> tuple[_Place, bool]:
    """Return the place of an applied code, and whether an update would record it."""
    recorded = (event.start, event.end)
    if not event.quote or event.start < 0:  # only an edit of the ledger by hand makes these; no quote verifies them
        return (*recorded, "orphaned"), False
    if transcript is None:
        return (*recorded, "orphaned"), False
    # The hash alone proves nothing if a ledger was edited by hand; the quote must match as well.
    if event.sha256 == transcript.sha256 and transcript.text[event.start : event.end] == event.quote:
        return (*recorded, "anchored"), False
    start, end, status = find_anchor_exact(transcript.text, event.anchor)
    if status != "anchored":
        start, end, status = _confirm_moved_place(event, transcript, (start, end, status), load_text)
    is_stale = status != "orphaned" and make_anchor(transcript.text, start, end) != event.anchor
    return (start, end, status), is_stale


def _build_coding(
    event: Event,
    transcript: Transcript | None,
    place: _Place,
    original: Event,
    *,
    code: str,
    definition: DefinitionStatus,
) -> Coding:
    """Return a coding at its place; its status is relative to what the coder decided, however often it was moved."""
    start, end, status = place
    quote = event.quote if transcript is None or status == "orphaned" else transcript.text[start:end]
    quote = event.quote if quote == event.quote else quote  # share the string: there may be 100,000 of them
    was = ""
    if status != "orphaned" and original is not event:
        was = "" if quote == original.quote or normalise(quote) == normalise(original.quote) else original.quote
        is_at_origin = (event.transcript, start, end) == (original.transcript, original.start, original.end)
        status = "changed" if was else "anchored" if is_at_origin else "moved"
    return Coding(
        event.id,
        event.transcript,
        start,
        end,
        status,
        quote,
        code,
        event.coder,
        event.at,
        maker=event.origin.maker,
        was=was,
        by=event.origin.by,
        definition=definition,
    )
