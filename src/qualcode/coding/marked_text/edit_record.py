"""An edit recorded as one action, and the table of what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualcode.coding.marked_text.edit_context import EditContext
from qualcode.coding.marked_text.edit_plan import EDIT_COLUMNS, EditPlan, plan_edit
from qualcode.coding.recorded_decisions import record_decisions
from qualcode.errors import name_for_interface
from qualcode.model import shorten_id

if TYPE_CHECKING:
    import pandas as pd


def record_edit(context: EditContext, *, dry_run: bool) -> pd.DataFrame:
    """Return one row per coding that an edit changes, and record the changes as one action unless ``dry_run``.

    Raises
    ------
    EditProblemsError
        If the words were changed, a mark does not parse, or a change cannot be recorded.
    """
    from qualcode.tables import make_frame

    plan = plan_edit(context)
    events = () if dry_run else plan.events
    recorded = record_decisions(context.study, events, (), notes=_list_notes(context, plan, dry_run=dry_run))
    return make_frame(plan.rows, EDIT_COLUMNS, notes=list(recorded.notes))


def _list_notes(context: EditContext, plan: EditPlan, *, dry_run: bool) -> Iterator[str]:
    coder, name = context.header.coder, context.transcript.id
    yield f"{name}, codings of {coder}: {plan.notes[0]}"
    yield from (*plan.notes[1:], *context.edited.notices)
    if plan.events and not dry_run:
        action = shorten_id(plan.events[0].id)
        undo = name_for_interface(
            f"'qualcode undo {action} --coder {coder}'", f"Project.undo({action!r}, coder={coder!r})"
        )
        yield f"all of it is one action: {undo} takes it back"
