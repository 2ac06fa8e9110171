"""Actions, the events that one command recorded, and which of them count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qualcode.errors import shorten_text
from qualcode.ledger import Event, find_retractions
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

_MAX_QUOTE = 80


@dataclass(frozen=True)
class Action:
    """The events that one command recorded for one person, by id."""

    id: str
    coder: str
    events: tuple[Event, ...]

    @property
    def command(self) -> str:
        """``undo`` or ``redo`` if it is one."""
        return self.events[0].origin.source if self.events[0].event == "retract" else ""


@dataclass(frozen=True)
class History:
    """All events of a study, ordered by id."""

    events: Sequence[Event]
    person: str = ""
    """Whose decisions for the consensus are actions of that person, not of the consensus."""

    @cached_property
    def by_id(self) -> Mapping[str, Event]:
        """The events by their ids."""
        return {event.id: event for event in self.events}

    @cached_property
    def retractions(self) -> Mapping[tuple[str, str], Event]:
        """The event that takes an event back, by the id and coder of that."""
        return find_retractions([event for event in self.events if event.event == "retract"])

    @cached_property
    def actions(self) -> Sequence[Action]:
        """All actions, the latest last; what a command recorded for several coders is an action of each."""
        own = {
            event.action_id
            for event in self.events
            if event.coder == CONSENSUS and event.origin.by == self.person != ""
        }
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in self.events:
            coder = self.person if event.coder == CONSENSUS and event.action_id in own else event.coder
            groups.setdefault((event.action_id, coder), []).append(event)
        ordered = sorted(groups.items(), key=lambda item: item[1][-1].id)
        return [Action(name, coder, tuple(events)) for (name, coder), events in ordered]

    def retraction(self, event: Event) -> Event | None:
        """Return the event that takes an event back, if there is one."""
        return self.retractions.get((event.id, event.coder))

    def valid_events(self, action: Action) -> list[Event]:
        """Return the events of an action that are not taken back."""
        return [event for event in action.events if self.retraction(event) is None]

    def subject(self, event: Event) -> Event:
        """Return the event that an event is about in the end: that of a coding, mark, memo or rejection."""
        seen: set[str] = set()
        while event.event in {"retract", "move"} and event.target in self.by_id and event.id not in seen:
            seen.add(event.id)
            event = self.by_id[event.target]
        return event


def read_history(study: Study, *, person: str = "") -> History:
    """Return all that was recorded in a study, with what a person has decided for the consensus as her own actions."""
    return History(study.read_events(), person if person != CONSENSUS else "")


def describe_event(history: History, event: Event) -> str:
    """Return in a few words what an event records."""
    subject = history.subject(event)
    words = f" “{shorten_text(subject.quote, limit=_MAX_QUOTE)}”" if subject.quote else ""
    where = f" in {subject.transcript}" if subject.transcript else ""
    if subject.event == "done":
        families = f" ({', '.join(subject.families)})" if subject.families else ""
        text = f"{subject.transcript} done{families}"
    elif subject.event == "memo":
        text = f"memo “{shorten_text(subject.text, limit=_MAX_QUOTE)}”"
    else:
        text = f"{'rejection of ' if subject.event == 'reject' else ''}{subject.code}{where}:{words}"
    prefix = {"move": "place of ", "retract": "retraction of "}.get(event.event, "")
    if event.event == "move" and event.origin.source == "confirm":
        # In the text that was coded there is nothing to confirm.
        prefix = "new bounds of " if event.sha256 == subject.sha256 else "confirmation of "
    return f"{prefix}{text}"
