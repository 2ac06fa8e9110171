"""Every coding at its place in the texts as they are now, proved by its quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from qualcode.anchors import anchor, find_again
from qualcode.anchors import fold as folded
from qualcode.ledger import Event, State
from qualcode.model import Codebook, Coding, Status, Transcript

Twins = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Placements:
    """Codings at their places, by what they say; ``spoken`` are the transcripts whose texts ledgers speak of."""

    codings: tuple[Coding, ...]
    twins: Twins
    stale: Mapping[tuple[str, str], int]
    """How many codings an update would move or ask about, by transcript and coder."""
    spoken: tuple[Transcript, ...]


def place_all(state: State, transcripts: Mapping[str, Transcript], book: Codebook) -> Placements:
    """Place every applied event in the text that its transcript has now."""
    memos = {memo.target: memo.text for memo in state.memos if memo.target}
    stale: Counter[tuple[str, str]] = Counter()
    spoken: dict[str, Transcript] = {}
    found = []
    for event in state.applied:
        transcript = transcripts.get(event.transcript)
        place, moved = _place(event, transcript)
        stale[event.transcript, event.coder] += moved
        if transcript is not None and transcript.sha256 == event.sha256:
            spoken[transcript.id] = transcript
        coding = _coding(event, transcript, place, state.decided.get(event.id, event))
        if event.id in memos or event.code in book.renamed:
            coding = replace(coding, code=book.current(event.code), memo=memos.get(event.id, ""))
        found.append(coding)
    codings, twins = _distinct(sorted(found, key=_SAYING), state.twins)
    return Placements(tuple(codings), twins, +stale, tuple(spoken.values()))


_SAYING = attrgetter("transcript", "start", "end", "code", "coder")
"""What a coding says; two that say the same are one."""


def _distinct(codings: Iterable[Coding], twins: Twins) -> tuple[list[Coding], Twins]:
    """Make one of codings that say the same only since a code was merged into another, or a text was edited.

    ``codings`` are sorted by what they say; the earliest stays, the others are put among its twins.
    """
    kept: list[Coding] = []
    held = dict(twins)
    for _, same in groupby(codings, key=_SAYING):
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


_Place = tuple[int, int, Status]


def _place(event: Event, transcript: Transcript | None) -> tuple[_Place, bool]:
    """Return where the words of an applied event stand, and whether the ledger should be told so by an update."""
    home = (event.start, event.end)
    if not event.quote or event.start < 0:  # only a hand could have written it, and it proves nothing
        return (*home, "orphaned"), False
    if transcript is None:
        return (*home, "orphaned"), True
    if event.sha256 == transcript.sha256 and transcript.text[event.start : event.end] == event.quote:
        return (*home, "anchored"), False
    start, end, status = find_again(transcript.text, event.anchor)
    return (start, end, status), status == "orphaned" or anchor(transcript.text, start, end) != event.anchor


def _coding(event: Event, transcript: Transcript | None, place: _Place, decided: Event) -> Coding:
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
