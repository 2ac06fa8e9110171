"""Methods of `Project` on what was recorded: log, undo, redo, confirm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualcode.coding.decided_places import place_of_decision
from qualcode.coding.history.confirm_events import confirm_events, find_changed_codings
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.errors import check_positive
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, document_parameters
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import Names, require_coder, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.coding.history.undo_events import TakenBack
    from qualcode.ledger import Event


class HistoryMethods(ProjectBase):
    """Who decided what when, and how to take it back; all of it is kept in the ledger."""

    def log(
        self,
        *,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        since: str | None = None,
        until: str | None = None,
        event: Names | None = None,
        actions: bool = False,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Return one row per event of the ledgers, the latest first: who recorded what when, and whether it counts.

        Parameters
        ----------
        coder
            Only events of these coders.
        code
            Only events on codings of these codes (with the codes below them), families or themes.
        transcripts
            Only events on these transcripts; patterns such as ``S*`` select several.
        since, until
            Only events recorded from the beginning of the one date to the end of the other (UTC), as ``2026-01``.
        event
            Only these kinds: apply (code, accept), retract, reject, move (update, confirm), memo, done.
        actions
            Whether each row is an action, with the number of its events in ``events``: what one command recorded.
        limit
            Only this many rows, the latest.
        """
        from itertools import islice

        from qualcode.coding.history.actions import read_history
        from qualcode.listings.reading.log_rows import LOG_COLUMNS, LogOptions, log_rows
        from qualcode.tables import make_frame

        if limit is not None:
            check_positive("limit", limit)
        options = LogOptions(coder, code, transcripts, since, until, event)
        rows = log_rows(self.study, read_history(self.study), options, actions=actions)
        return make_frame(islice(rows, limit), LOG_COLUMNS, notes=list(map(str, self.study.ledger_problems)))

    @document_parameters(DECISION_PARAMETERS)
    def undo(self, action: str = "", *, coder: str | None = None, dry_run: bool = False) -> TakenBack:
        """Take back what one command recorded for a coder: its codings, marks, memos, moves or retractions.

        Parameters
        ----------
        action
            Id of the action, or its last characters (see `log`); if not given, the coder's last one that is not undone.
        """
        from qualcode.coding.history.actions import read_history
        from qualcode.coding.history.undo_events import plan_undo

        name = CONSENSUS if coder == CONSENSUS else require_coder(self.study, coder, verb="undo")
        return self._record(
            *plan_undo(self.study, read_history(self.study, person=name), action, coder=name), dry_run=dry_run
        )

    @document_parameters(DECISION_PARAMETERS)
    def redo(self, action: str = "", *, coder: str | None = None, dry_run: bool = False) -> TakenBack:
        """Bring back what a coder has undone.

        Parameters
        ----------
        action
            Id of the undo or of what it took back, or its last characters; if not given, the coder's last undo.
        """
        from qualcode.coding.history.actions import read_history
        from qualcode.coding.history.undo_events import plan_redo

        name = CONSENSUS if coder == CONSENSUS else require_coder(self.study, coder, verb="redo")
        return self._record(*plan_redo(read_history(self.study, person=name), action, coder=name), dry_run=dry_run)

    def _record(self, events: list[Event], taken_back: TakenBack, *, dry_run: bool) -> TakenBack:
        if dry_run:
            return taken_back
        recorded = record_decisions(self.study, events, [event.id for event in events], notes=taken_back.notes)
        return replace(taken_back, ids=recorded.ids, notes=recorded.notes)

    @document_parameters(DECISION_PARAMETERS)
    def confirm(
        self,
        ids: Names | None = None,
        *,
        transcripts: Names | None = None,
        coder: str | None = None,
        dry_run: bool = False,
    ) -> RecordedDecisions:
        """Record that codings of one's own whose text has changed still hold: they are anchored, with the new quote.

        Parameters
        ----------
        ids
            Ids of the codings, or the last characters of these; if not given, all whose text has changed.
        transcripts
            Without ``ids``, only codings of these transcripts; patterns such as ``S*`` select several.
        """
        name = require_coder(self.study, coder, verb="confirm")
        found, notes = find_changed_codings(
            self.study, None if ids is None else to_name_tuple(ids), transcripts, coder=name
        )
        events = [] if dry_run else confirm_events(self.study, found)
        places = [place_of_decision(self.study, coding) for coding in found]
        return record_decisions(self.study, events, [coding.id for coding in found], notes=notes, places=places)
