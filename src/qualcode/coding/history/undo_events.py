"""New ledger events that undo an action or take an undo back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qualcode.coding.history.actions import Action, History, describe_event
from qualcode.errors import OperationError, QualcodeError, UnknownIdError, format_count, name_command, name_option
from qualcode.ledger import CommandName, Event, Origin, new_event
from qualcode.model import SHORT_ID, shorten_id
from qualcode.study.study import Study

_MAX_LINES = 10
"""Events of an action that are shown one by one."""


@dataclass(frozen=True, slots=True, repr=False)
class TakenBack:
    """What `Project.undo` or `Project.redo` did, or would do: one line for each event that changes."""

    command: CommandName
    action: str
    """Id of the action that was undone or redone; of an undo if that was taken back."""
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Ids of the new events; none of a dry run."""

    def __repr__(self) -> str:
        """Return what was done, one event a line, as a notebook shows it."""
        return "\n".join([*self.shown_lines, *self.notes])

    @property
    def count(self) -> int:
        """How many decisions it took back or brought back."""
        return len(self.lines)

    @property
    def shown_lines(self) -> list[str]:
        """The first lines, and how many there are more."""
        more = len(self.lines) - _MAX_LINES
        return [*self.lines[:_MAX_LINES], *([f"and {more:,} more"] if more > 0 else [])]


def plan_undo(study: Study, history: History, given: str, *, coder: str) -> tuple[list[Event], TakenBack]:
    """Return the events that undo an action of a coder, the last one if none is given, and what they change.

    Raises
    ------
    OperationError
        If there is nothing to undo, or the action is another coder's, an undo, or undone already.
    UnknownNameError
        If there is no such action.
    """
    if given:
        action = _find_action(history, given, coder=coder, command="undo")
        if action.command == "undo":
            raise OperationError(f"{given} is an undo: take it back with {name_command('redo')}")
    else:
        own = (action for action in reversed(history.actions) if action.coder == coder)
        last = next((action for action in own if not action.command and history.valid_events(action)), None)
        if last is None:
            raise OperationError(f"{coder} has nothing to undo: {name_command('log')} shows what was done")
        action = last
    events = history.valid_events(action)
    if not events:
        retraction = history.retraction(action.events[-1])
        by = f" ({shorten_id(retraction.action_id)})" if retraction else ""
        raise OperationError(f"{given} is undone already{by}: {name_command('redo')} brings it back")
    notes = [*_remaining_notes(study, events), *_other_coder_notes(history, action)]
    return _take_back(history, action, events, command="undo", notes=notes)


def plan_redo(history: History, given: str, *, coder: str) -> tuple[list[Event], TakenBack]:
    """Return the events that take back an undo of a coder, the last one if none is given, and what they change.

    Raises
    ------
    OperationError
        If there is nothing to redo, or the action is another coder's or no undo.
    UnknownNameError
        If there is no such action.
    """
    own = [action for action in history.actions if action.coder == coder and action.command == "undo"]
    valid = [action for action in own if history.valid_events(action)]
    if given:
        action = _find_action(history, given, coder=coder, command="redo")
        # People name what they want back, or the undo that took it.
        undone = {event.id for event in action.events}
        named = [undo for undo in valid if undo == action or undone & {event.target for event in undo.events}]
    else:
        named = valid
    if not named:
        what = f"{given} is not undone" if given else f"{coder} has nothing to redo"
        raise OperationError(
            f"{what}: {name_command('log')} shows what was done; to bring back what {name_command('retract')} took "
            f"back, undo that: {name_command('undo')}"
        )
    return _take_back(history, named[-1], history.valid_events(named[-1]), command="redo", notes=[])


def _take_back(
    history: History, action: Action, events: Sequence[Event], *, command: CommandName, notes: Sequence[str]
) -> tuple[list[Event], TakenBack]:
    new_events = [
        new_event(
            "retract",
            coder=event.coder,
            transcript=event.transcript,
            target=event.id,
            origin=Origin(source=command, by=action.coder if action.coder != event.coder else ""),
        )
        for event in events
    ]
    lines = [describe_event(history, event if command == "undo" else history.by_id[event.target]) for event in events]
    return new_events, TakenBack(command, action.id, tuple(lines), tuple(notes))


def _find_action(history: History, given: str, *, coder: str, command: CommandName) -> Action:
    """Return the action with an id, or with one that ends so."""
    actions = history.actions
    found = [action for action in actions if action.id == given]
    if not found and len(given) >= SHORT_ID:
        found = [action for action in actions if action.id.endswith(given)]
    if not found:
        raise _unknown_action(history, given)
    if len({action.id for action in found}) > 1:
        raise OperationError(f"{given} is the end of {len(found)} ids: give more of its characters")
    own = [action for action in found if action.coder == coder]
    if not own:
        by = found[0].coder
        raise OperationError(f"action {given} is by {by}: only its coder can {command} it ({name_option('coder', by)})")
    return own[0]


def _unknown_action(history: History, given: str) -> QualcodeError:
    matches = [event for event in history.events if len(given) >= SHORT_ID and event.id.endswith(given)]
    if not matches:
        return UnknownIdError("action", given, [action.id for action in history.actions], command="log")
    action = matches[0].action_id
    count = sum(event.action_id == action for event in history.events)
    return OperationError(
        f"{given} is one of {format_count(count, 'event')} of action {shorten_id(action)}: name the action to take "
        f"back all, or take back a coding alone with {name_command('retract')}"
    )


def _remaining_notes(study: Study, events: Sequence[Event]) -> Iterator[str]:
    """Yield that codings stay which another action has recorded as well."""
    undone = {event.id for event in events}
    state = study.ledger_state_with_codings  # without their places, for which all sources would be read
    groups = ({first, *others} for first, others in state.duplicate_ids.items())
    if stay := sum(bool(group & undone) and not group <= undone for group in groups):
        yield f"{format_count(stay, 'coding')} recorded by another action as well: not taken back"


def _other_coder_notes(history: History, action: Action) -> Iterator[str]:
    for other in history.actions:
        if other.id == action.id and other.coder != action.coder and (count := len(history.valid_events(other))):
            option = name_option("coder", other.coder)
            yield f"{format_count(count, 'event')} by {other.coder} in the same action: only {option} can undo them"
