"""Index of the current decisions by transcript, so that recording one reads one source only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from qualcode.ledger import Event, LedgerState
from qualcode.model import SHORT_ID, Coding, shorten_id
from qualcode.study.placement import Placements

CodingKey = tuple[str, int, int, str, str]
"""Transcript, start, end, code and coder: two codings with the same key are one."""


@dataclass
class _TranscriptCodings:
    """The codings of one transcript at their places."""

    by_id: dict[str, Coding] = field(default_factory=dict)
    id_by_key: dict[CodingKey, str] = field(default_factory=dict)
    duplicate_ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_code: defaultdict[tuple[str, str], dict[str, Coding]] = field(default_factory=lambda: defaultdict(dict))
    """Codings with a place by code and coder, then by id."""

    def add(self, coding: Coding) -> None:
        self.by_id[coding.id] = coding
        # An orphaned coding has no place: its offsets are those of another text.
        if coding.status != "orphaned":
            self.id_by_key[coding.transcript, coding.start, coding.end, coding.code, coding.coder] = coding.id
            self.by_code[coding.code, coding.coder][coding.id] = coding

    def remove(self, coding_id: str) -> None:
        if coding := self.by_id.pop(coding_id, None):
            self.by_code[coding.code, coding.coder].pop(coding_id, None)
            key = (coding.transcript, coding.start, coding.end, coding.code, coding.coder)
            # An orphaned coding has the span of its old text, where another coding may be now.
            if self.id_by_key.get(key) == coding_id:
                del self.id_by_key[key]


def _rejected_cell(event: Event) -> tuple[str, str, str, str]:
    return event.coder, event.transcript, event.code, event.quote


class DecisionIndex:
    """The current codings and finished marks, kept up to date with the events that this process appends.

    Codings are located in a transcript's text when a decision on that transcript is made, not before: reading all
    sources to record one line took 2 seconds on a study of 51 interviews.
    """

    def __init__(
        self, state: LedgerState, *, coders: Iterable[str], locate: Callable[[LedgerState], Placements]
    ) -> None:
        self.coders = set(coders)
        """Names of all coders who have decided anything."""
        self._locate = locate
        self._events: dict[str, list[Event]] = defaultdict(list)
        self._original_events = state.original_events
        self._duplicate_ids = state.duplicate_ids
        self._transcript_of: dict[str, str] = {}
        self._ids_by_suffix: dict[str, list[str]] | None = None
        self._codings: dict[str, _TranscriptCodings] = {}
        self._done_events: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._retracted = set(state.retracted_codings)
        self._rejections = {event.id: event for event in state.reject_events}
        self._rejection_ids: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
        for event in state.reject_events:
            self._rejection_ids[_rejected_cell(event)].append(event.id)
        for event in (*state.apply_events, *state.done_events):
            self._add_event(event)

    def coding_id(self, key: CodingKey) -> str | None:
        """Return the id of the coding with this key, if there is one with a place in the text."""
        return self._codings_of(key[0]).id_by_key.get(key)

    def coding(self, coding_id: str) -> Coding | None:
        """Return a coding by its id, or by at least its last six characters if no other id ends with them."""
        full_id = coding_id if coding_id in self._transcript_of else self._complete_id(coding_id)
        return self._codings_of(self._transcript_of.get(full_id, "")).by_id.get(full_id)

    def overlapping_codings(self, key: CodingKey) -> list[Coding]:
        """Return the codings with the code and coder of a key whose spans overlap its span and differ from it."""
        transcript, start, end, code, coder = key
        return [
            coding
            for coding in self._codings_of(transcript).by_code[code, coder].values()
            if coding.start < end and start < coding.end and (coding.start, coding.end) != (start, end)
        ]

    def is_retracted(self, coding_id: str, coder: str) -> bool:
        """Return whether a coder has retracted a coding, given its id or at least the last six characters."""
        if (coding_id, coder) in self._retracted or len(coding_id) < SHORT_ID:
            return (coding_id, coder) in self._retracted
        return any(name.endswith(coding_id) and by == coder for name, by in self._retracted)

    def rejection_ids(self, coder: str, transcript: str, code: str, quote: str) -> Sequence[str]:
        """Return the ids of the events by which a coder has rejected a code for a quote."""
        return self._rejection_ids.get((coder, transcript, code, quote), ())

    def rejection(self, event_id: str) -> Event | None:
        """Return the event that rejects a suggestion, by its id or by at least the last six characters of it."""
        if event_id in self._rejections or len(event_id) < SHORT_ID:
            return self._rejections.get(event_id)
        matches = [event for name, event in self._rejections.items() if name.endswith(event_id)]
        return matches[0] if len(matches) == 1 else None

    def coding_ids(self) -> Iterable[str]:
        """Return the ids of all codings."""
        return self._transcript_of.keys()

    def codings_in(self, transcript: str) -> Sequence[Coding]:
        """Return the codings of a transcript at their places in its text, without their memos."""
        return tuple(self._codings_of(transcript).by_id.values())

    def codings_at(self, transcript: str, start: int, end: int) -> list[Coding]:
        """Return the codings of a transcript that have a place and overlap a span."""
        return [
            coding
            for coding in self.codings_in(transcript)
            if coding.start < end and start < coding.end and coding.status != "orphaned"
        ]

    def duplicate_ids(self, coding: Coding) -> Sequence[str]:
        """Return the ids of further events for the same coding."""
        return self._codings_of(coding.transcript).duplicate_ids.get(coding.id, ())

    def done_events(self, coder: str, transcript: str) -> Sequence[Event]:
        """Return the events that mark a transcript as finished by a coder."""
        return self._done_events.get((coder, transcript), ())

    def can_add(self, events: Iterable[Event]) -> bool:
        """Return whether `add` follows what these events change; else the index must be built again."""
        return not any(
            event.event == "move" or (event.event == "retract" and self._may_restore(event)) for event in events
        )

    def _may_restore(self, retraction: Event) -> bool:
        """Return whether a retraction may bring something back: an earlier state, or an equal coding's event."""
        target = retraction.target
        if transcript := self._transcript_of.get(target):
            return target in self._codings_of(transcript).duplicate_ids
        marks = self._done_events.get((retraction.coder, retraction.transcript), ())
        return target not in self._rejections and all(mark.id != target for mark in marks)

    def add(self, events: Iterable[Event]) -> None:
        """Add events that were appended to the ledger and that `can_add` accepts."""
        for event in events:
            self.coders.add(event.coder)
            if event.event == "retract":
                self._retract(event)
            elif event.event == "reject":
                self._rejections[event.id] = event
                self._rejection_ids[_rejected_cell(event)].append(event.id)
            else:
                self._add_event(event)

    def _add_event(self, event: Event) -> None:
        if event.event == "done":
            self._done_events[event.coder, event.transcript].append(event)
        elif event.event == "apply":
            self._transcript_of[event.id] = event.transcript
            if self._ids_by_suffix is not None:
                self._ids_by_suffix[shorten_id(event.id)].append(event.id)
            # Before the first decision on a transcript its text is not read; the event is located with the others.
            if event.transcript not in self._codings:
                self._events[event.transcript].append(event)
            else:
                for coding in self._locate(LedgerState(apply_events=(event,))).codings:
                    self._codings[event.transcript].add(coding)

    def _retract(self, event: Event) -> None:
        # The target is a coding, a rejection or a finished mark; only its id shows which.
        if rejection := self._rejections.pop(event.target, None):
            self._rejection_ids[_rejected_cell(rejection)].remove(rejection.id)
        if transcript := self._transcript_of.pop(event.target, None):
            self._codings_of(transcript).remove(event.target)
            self._retracted.add((event.target, event.coder))
        marks = self._done_events.get((event.coder, event.transcript), [])
        marks[:] = [mark for mark in marks if mark.id != event.target]

    def _codings_of(self, transcript: str) -> _TranscriptCodings:
        if transcript not in self._codings:
            located = self._locate(
                LedgerState(
                    apply_events=tuple(self._events.pop(transcript, ())),
                    original_events=self._original_events,
                    duplicate_ids=self._duplicate_ids,
                )
            )
            codings = _TranscriptCodings(duplicate_ids=dict(located.duplicate_ids))
            for coding in located.codings:
                codings.add(coding)
            self._codings[transcript] = codings
        return self._codings[transcript]

    def _complete_id(self, suffix: str) -> str:
        if len(suffix) < SHORT_ID:
            return suffix
        # Built when it is first needed: most decisions refer to no coding, or to a full id.
        if self._ids_by_suffix is None:
            self._ids_by_suffix = defaultdict(list)
            for coding_id in self._transcript_of:
                self._ids_by_suffix[shorten_id(coding_id)].append(coding_id)
        ids = self._ids_by_suffix.get(shorten_id(suffix), ())
        # Retracted codings stay in the lists of suffixes, so they are left out here.
        matches = [coding_id for coding_id in ids if coding_id.endswith(suffix) and coding_id in self._transcript_of]
        return matches[0] if len(matches) == 1 else suffix
