"""The present state: a fold over the set of events, whatever their order and however often they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qualcode.ledger.events import Event, encode_event


@dataclass(frozen=True, slots=True)
class FinishedTranscript:
    """A coder has finished a transcript for these families (none means all)."""

    coder: str
    transcript: str
    families: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A coder does not want this code suggested for these words, while its entry stays as it is."""

    coder: str
    transcript: str
    code: str
    quote: str
    entry: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What holds now. ``applied`` has one event a coding, with its latest place."""

    apply_events: tuple[Event, ...] = ()
    original_events: Mapping[str, Event] = field(default_factory=dict)
    """Applied events that were moved since, by id, as their coders decided them."""
    duplicate_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of further events that say the same as an applied one: retracting it retracts them."""
    rejections: frozenset[Rejection] = frozenset()
    memo_events: tuple[Event, ...] = ()
    finished: frozenset[FinishedTranscript] = frozenset()
    done_events: tuple[Event, ...] = ()
    reject_events: tuple[Event, ...] = ()


def fold(events: Iterable[Event]) -> LedgerState:
    """Return the state that a set of events amounts to.

    A retraction holds for its own coder's events only; a move holds for anybody's, since whoever brings a study up to
    date does it for all, and it carries marks of finished transcripts, memos and rejections along. Two applications
    of one code to one span by one coder (as when two machines import one table) are one coding. Of several moves the
    latest id counts.
    """
    unique = _unique_events(events)
    by_kind: dict[str, list[Event]] = {}
    for event in unique.values():
        by_kind.setdefault(event.event, []).append(event)
    gone = {(event.target, event.coder) for event in by_kind.get("retract", ())}

    def live(kind: str) -> list[Event]:
        found = by_kind.get(kind, [])
        if gone:
            found = [event for event in found if (event.id, event.coder) not in gone]
        return sorted(found, key=_event_id)

    latest = {move.target: move for move in live("move")}
    decided = live("apply")
    applied, twins = _merge_duplicates(_apply_moves(decided, latest))
    done, memos, rejected = (_apply_moves(live(kind), latest) for kind in ("done", "memo", "reject"))
    return LedgerState(
        apply_events=tuple(applied),
        original_events={event.id: event for event in decided if event.id in latest} if latest else {},
        duplicate_ids=twins,
        rejections=frozenset(
            Rejection(event.coder, event.transcript, event.code, event.quote, event.origin.entry) for event in rejected
        ),
        memo_events=tuple(memos),
        finished=frozenset(
            FinishedTranscript(event.coder, event.transcript, frozenset(event.families)) for event in done
        ),
        done_events=tuple(done),
        reject_events=tuple(rejected),
    )


def _event_id(event: Event) -> str:
    return event.id


def _unique_events(events: Iterable[Event]) -> dict[str, Event]:
    """Return events by id; where two differ under one id (a damaged copy), the choice does not depend on order."""
    unique: dict[str, Event] = {}
    for event in events:
        known = unique.setdefault(event.id, event)
        if known is not event and known != event:
            unique[event.id] = min(known, event, key=encode_event)
    return unique


def _apply_moves(events: list[Event], latest: Mapping[str, Event]) -> list[Event]:
    if not latest:
        return events
    return [_move_event(event, latest[event.id]) if event.id in latest else event for event in events]


def _move_event(event: Event, move: Event) -> Event:
    from msgspec.structs import replace

    place = {name: getattr(move, name) for name in ("sha256", "start", "end", "quote", "before", "after")}
    return replace(event, transcript=move.transcript or event.transcript, **place)


def _merge_duplicates(applied: list[Event]) -> tuple[list[Event], dict[str, tuple[str, ...]]]:
    first: dict[tuple[str, str, int, int, str], Event] = {}
    twins: dict[str, tuple[str, ...]] = {}
    for event in applied:
        key = (event.transcript, event.code, event.start, event.end, event.coder)
        known = first.setdefault(key, event)
        if known is not event:
            twins[known.id] = (*twins.get(known.id, ()), event.id)
    return list(first.values()), twins
