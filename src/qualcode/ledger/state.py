"""The current state of the ledger: a fold over the set of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from qualcode.ledger.events import Event, encode_event


@dataclass(frozen=True, slots=True)
class FinishedTranscript:
    """A coder has finished a transcript for these families; an empty set means all."""

    coder: str
    transcript: str
    families: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A coder has rejected a code for a quote; valid until the code's entry in the codebook changes."""

    coder: str
    transcript: str
    code: str
    quote: str
    entry: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The current state: retracted events are left out, moved events have their latest place.

    ``apply_events`` has one event for each coding. All tuples are ordered by event id.
    """

    apply_events: tuple[Event, ...] = ()
    original_events: Mapping[str, Event] = field(default_factory=dict)
    """What the coders of events that were moved later have recorded or last confirmed, by the id of the event."""
    duplicate_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of further events for the same coding, by the id of its first event; they are retracted together."""
    rejections: frozenset[Rejection] = frozenset()
    memo_events: tuple[Event, ...] = ()
    finished: frozenset[FinishedTranscript] = frozenset()
    done_events: tuple[Event, ...] = ()
    reject_events: tuple[Event, ...] = ()
    retracted_codings: frozenset[tuple[str, str]] = frozenset()
    """Id and coder of each coding that its coder has retracted."""


def fold(events: Iterable[Event]) -> LedgerState:
    """Return the state that follows from a set of events, whatever their order and however often they occur.

    A retraction applies to events of its own coder only, and may itself be retracted by a later one. A move applies to
    anybody's event, since one person updates the study for all; it also moves finished marks, memos and rejections. Of
    several moves of one event, the one with the latest id counts. Two apply events with the same code, span and coder
    (as when two machines import one table) are one coding, made under the definition of the latest of them.
    """
    by_kind: dict[str, list[Event]] = {}
    # Ids sort by time. Sorting makes the state independent of the order in which files and lines are read.
    for event in sorted(unique_events(events).values(), key=attrgetter("id")):
        by_kind.setdefault(event.event, []).append(event)
    retracted = find_retractions(by_kind.get("retract", ()))

    def valid(kind: str) -> list[Event]:
        found = by_kind.get(kind, [])
        return [event for event in found if (event.id, event.coder) not in retracted] if retracted else found

    # In the order of ids, so that the latest move of an event replaces earlier ones.
    moves = {move.target: move for move in valid("move")}
    apply_events = valid("apply")
    # Moves are applied first: whether two events are one coding depends on their latest places.
    codings, duplicate_ids = _merge_equal_events(_apply_moves(apply_events, moves))
    done_events, memo_events, reject_events = (_apply_moves(valid(kind), moves) for kind in ("done", "memo", "reject"))
    return LedgerState(
        apply_events=tuple(codings),
        original_events=_find_originals(apply_events, moves, valid("move")),
        duplicate_ids=duplicate_ids,
        rejections=frozenset(
            Rejection(event.coder, event.transcript, event.code, event.quote, event.origin.entry)
            for event in reject_events
        ),
        memo_events=tuple(memo_events),
        finished=frozenset(
            FinishedTranscript(event.coder, event.transcript, frozenset(event.families)) for event in done_events
        ),
        done_events=tuple(done_events),
        reject_events=tuple(reject_events),
        retracted_codings=frozenset(
            (event.id, event.coder) for event in by_kind.get("apply", ()) if (event.id, event.coder) in retracted
        ),
    )


def find_retractions(retractions: Sequence[Event]) -> dict[tuple[str, str], Event]:
    """Return the valid retraction of each event that has one, by the event's id and coder.

    ``retractions`` are in the order of their ids.
    """
    found: dict[tuple[str, str], Event] = {}
    # From the latest to the earliest: whether one is valid depends only on later ones, so no cycle can arise.
    for event in reversed(retractions):
        if (event.id, event.coder) not in found:
            found[event.target, event.coder] = event
    return found


def unique_events(events: Iterable[Event]) -> dict[str, Event]:
    """Return events by id; where two events differ (a damaged copy), the choice does not depend on their order."""
    unique: dict[str, Event] = {}
    for event in events:
        known = unique.setdefault(event.id, event)
        if known is not event and known != event:
            # Any rule that depends on the content alone would do.
            unique[event.id] = min(known, event, key=encode_event)
    return unique


def _find_originals(
    apply_events: Iterable[Event], latest: Mapping[str, Event], moves: Iterable[Event]
) -> dict[str, Event]:
    """Return the event that says what was coded, for each moved coding: the first, or its coder's last confirmation."""
    confirmed = {(move.target, move.coder): move for move in moves if move.origin.source == "confirm"}
    return {event.id: confirmed.get((event.id, event.coder), event) for event in apply_events if event.id in latest}


def _apply_moves(events: list[Event], moves: Mapping[str, Event]) -> list[Event]:
    if not moves:
        return events
    return [_move_event(event, moves[event.id]) if event.id in moves else event for event in events]


def _move_event(event: Event, move: Event) -> Event:
    from msgspec.structs import replace

    place = {name: getattr(move, name) for name in ("sha256", "start", "end", "quote", "before", "after")}
    return replace(event, transcript=move.transcript or event.transcript, **place)


def _merge_equal_events(apply_events: list[Event]) -> tuple[list[Event], dict[str, tuple[str, ...]]]:
    """Return the first event of each coding, and the ids of the others by its id."""
    first_events: dict[tuple[str, str, int, int, str], Event] = {}
    duplicate_ids: dict[str, tuple[str, ...]] = {}
    for event in apply_events:
        key = (event.transcript, event.code, event.start, event.end, event.coder)
        first = first_events.setdefault(key, event)
        if first is not event:
            first_events[key] = _take_definition(first, event)
            duplicate_ids[first.id] = (*duplicate_ids.get(first.id, ()), event.id)
    return list(first_events.values()), duplicate_ids


def _take_definition(first: Event, later: Event) -> Event:
    """Return an event with the hashes of the code's entry in a later one, by which its coder decided the same again."""
    from msgspec.structs import replace

    origin, newer = first.origin, later.origin
    if not newer.definition or newer.definition == origin.definition:
        return first
    return replace(first, origin=replace(origin, entry=newer.entry, definition=newer.definition))
