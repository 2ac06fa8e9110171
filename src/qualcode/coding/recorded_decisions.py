"""What a coder's decision appended to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualcode.coding.decided_places import DecidedPlace
from qualcode.errors import Problem
from qualcode.ledger import Event
from qualcode.study.study import Study

_MAX_LINES = 20
"""Decisions that a notebook shows one by one."""


@dataclass(frozen=True, slots=True, repr=False)
class RecordedDecisions:
    """Ids of the codings, memos or marks that a call decided on, none of a dry run, with notes."""

    ids: tuple[str, ...]
    notes: tuple[str, ...] = ()
    places: tuple[DecidedPlace, ...] = ()
    """What was coded, accepted, rejected or retracted, and where."""
    problems: tuple[Problem, ...] = ()
    """What of the input was left out, where it is a list that another program made."""

    def __repr__(self) -> str:
        """Return the first decisions and the notes, one a line, as a notebook shows it."""
        lines = [f"{place} ({place.id})" if place.id else str(place) for place in self.places[:_MAX_LINES]]
        if (more := len(self.places) - _MAX_LINES) > 0:
            lines.append(f"and {more:,} more")
        return "\n".join([*(lines or self.ids or ("nothing new",)), *self.notes])

    @property
    def count(self) -> int:
        """How many were new; of a dry run, how many would be."""
        return len(self.ids or self.places)

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
