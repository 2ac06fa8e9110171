"""Every coding at its place in the texts as they are now, proved by its quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from qualcode.anchors import find_anchor_exact, make_anchor
from qualcode.anchors import normalise as folded
from qualcode.ledger import Event, LedgerState
from qualcode.model import Codebook, Coding, CodingStatus, Transcript

DuplicateIds = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Placements:
    """Codings at their places, by what they say; ``spoken`` are the transcripts whose texts ledgers speak of."""

    codings: tuple[Coding, ...]
    duplicate_ids: DuplicateIds
    stale_counts: Mapping[tuple[str, str], int]
    """How many codings an update would move or ask about, by transcript and coder."""
    coded_transcripts: tuple[Transcript, ...]


def place_codings(state: LedgerState, transcripts: Mapping[str, Transcript], book: Codebook) -> Placements:
    """Place every applied event in the text that its transcript has now."""
    memos = {memo.target: memo.text for memo in state.memo_events if memo.target}
    stale: Counter[tuple[str, str]] = Counter()
    spoken: dict[str, Transcript] = {}
    found = []
    for event in state.apply_events:
        transcript = transcripts.get(event.transcript)
        place, moved = _place_event(event, transcript)
        stale[event.transcript, event.coder] += moved
        if transcript is not None and transcript.sha256 == event.sha256:
            spoken[transcript.id] = transcript
        coding = _build_coding(event, transcript, place, state.original_events.get(event.id, event))
        if event.id in memos or event.code in book.former_ids:
            coding = replace(coding, code=book.current_id(event.code), memo=memos.get(event.id, ""))
        found.append(coding)
    codings, twins = _merge_duplicates(sorted(found, key=_CONTENT_KEY), state.duplicate_ids)
    return Placements(tuple(codings), twins, +stale, tuple(spoken.values()))


_CONTENT_KEY = attrgetter("transcript", "start", "end", "code", "coder")
"""What a coding says; two that say the same are one."""


def _merge_duplicates(codings: Iterable[Coding], twins: DuplicateIds) -> tuple[list[Coding], DuplicateIds]:
    """Make one of codings that say the same only since a code was merged into another, or a text was edited.

    ``codings`` are sorted by what they say; the earliest stays, the others are put among its twins.
    """
    kept: list[Coding] = []
    held = dict(twins)
    for _, same in groupby(codings, key=_CONTENT_KEY):
        standing: list[Coding] = []
        for coding in same:
            (kept if coding.status == "orphaned" else standing).append(coding)
        if len(standing) > 1:
            first = standing[0].id
            more = [name for one in standing for name in (one.id, *held.pop(one.id, ()))]
            held[first] = tuple(name for name in more if name != first)
            memo = "\n".join(dict.fromkeys(one.memo for one in standing if one.memo))
            standing = [replace(standing[0], memo=memo)]
        kept += standing
    return kept, held


_PlacedSpan = tuple[int, int, CodingStatus]


def _place_event(event: Event, transcript: Transcript | None) -> tuple[_PlacedSpan, bool]:
    """Return where the words of an applied event stand, and whether the ledger should be told so by an update."""
    home = (event.start, event.end)
    if not event.quote or event.start < 0:  # only a hand could have written it, and it proves nothing
        return (*home, "orphaned"), False
    if transcript is None:
        return (*home, "orphaned"), True
    if event.sha256 == transcript.sha256 and transcript.text[event.start : event.end] == event.quote:
        return (*home, "anchored"), False
    start, end, status = find_anchor_exact(transcript.text, event.anchor)
    return (start, end, status), status == "orphaned" or make_anchor(transcript.text, start, end) != event.anchor


def _build_coding(event: Event, transcript: Transcript | None, place: _PlacedSpan, decided: Event) -> Coding:
    """Return a coding at its place; its status compares with what its coder decided, however often it was moved."""
    start, end, status = place
    words = event.quote if transcript is None or status == "orphaned" else transcript.text[start:end]
    words = event.quote if words == event.quote else words
    was = ""
    if status != "orphaned" and decided is not event:
        was = "" if words == decided.quote or folded(words) == folded(decided.quote) else decided.quote
        same = (event.transcript, start, end) == (decided.transcript, decided.start, decided.end)
        status = "changed" if was else "anchored" if same else "moved"
    return Coding(
        event.id,
        event.transcript,
        start,
        end,
        status,
        words,
        event.code,
        event.coder,
        event.at,
        maker=event.origin.maker,
        was=was,
    )
