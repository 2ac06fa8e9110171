"""New ledger events by which coders confirm codings whose text has changed."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.coding.history.coding_moves import find_own_coding, move_events_to
from qualcode.errors import OperationError, UsageError, name_command, name_option
from qualcode.ledger import Event
from qualcode.model import Coding
from qualcode.study.selection import Names, select_transcript_ids
from qualcode.study.study import Study


def find_changed_codings(
    study: Study, ids: Sequence[str] | None, transcripts: Names | None, *, coder: str
) -> tuple[list[Coding], list[str]]:
    """Return a coder's codings whose text has changed, all or those with ids, and notes on those that need no answer.

    Raises
    ------
    UnknownNameError
        If there is no coding with one of the ids, or no such transcript.
    OperationError
        If a coding is another coder's, or its text is not found.
    UsageError
        If both ids and transcripts are given.
    """
    if ids is None:
        names = None if transcripts is None else set(select_transcript_ids(study, transcripts))
        changed = (one for one in study.codings if one.coder == coder and one.status == "changed")
        return [coding for coding in changed if names is None or coding.transcript in names], []
    if transcripts is not None:
        raise UsageError(f"ids name the codings already: leave {name_option('transcripts')} out")
    decisions = study.read_decisions()
    found, notes = {}, []
    for name in dict.fromkeys(ids):
        coding = find_own_coding(decisions, name, coder=coder, verb="confirm")
        if coding.status == "orphaned":
            raise OperationError(
                f"coding {name} is orphaned, since its text is not found in {coding.transcript}: follow it with "
                f"{name_command('update')}, or take it back with {name_command('retract')}"
            )
        if coding.status == "changed":
            found[coding.id] = coding
        else:
            notes.append(f"{name} is {coding.status}: its text has not changed, so there is nothing to confirm")
    return list(found.values()), notes


def confirm_events(study: Study, codings: Sequence[Coding]) -> list[Event]:
    """Return the events that record that codings hold with the text that they have now: moves to the present place."""
    decisions = study.read_decisions()
    return [
        event
        for coding in codings
        for event in move_events_to(study, coding, (coding.start, coding.end), decisions=decisions)
    ]
