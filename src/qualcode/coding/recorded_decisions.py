"""What a coder's decision appended to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualcode.coding.decided_places import DecidedPlace
from qualcode.ledger import Event
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True, repr=False)
class RecordedDecisions:
    """Ids of the codings, memos or marks that a call decided on, with notes."""

    ids: tuple[str, ...]
    notes: tuple[str, ...] = ()
    places: tuple[DecidedPlace, ...] = ()
    """What was coded, accepted, rejected or retracted, and where."""

    def __repr__(self) -> str:
        """Return what was decided and the notes, one a line, as a notebook shows it."""
        lines = [f"{place} ({place.id})" for place in self.places] or self.ids or ("nothing new",)
        return "\n".join([*lines, *self.notes])

    @property
    def count(self) -> int:
        """How many were new."""
        return len(self.ids)

    @property
    def id(self) -> str:
        """The id, where exactly one was decided on."""
        (only,) = self.ids
        return only


def record_decisions(
    study: Study,
    events: Sequence[Event],
    ids: Iterable[str],
    *,
    notes: Iterable[str] = (),
    places: Iterable[DecidedPlace] = (),
) -> RecordedDecisions:
    """Append events to the ledger and return their result; ``ids`` name what was decided on."""
    torn = study.append_events(events)
    aside = (f"a torn last line was set aside as {path}" for path in torn)
    return RecordedDecisions(tuple(dict.fromkeys(ids)), (*notes, *aside), tuple(places))
