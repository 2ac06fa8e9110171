"""Verbs by which people decide: suggestions, codings, marks, memos, updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from qualcode.coding import coding_import, decision_events
from qualcode.coding.decision_events import Decision
from qualcode.coding.import_tables import ImportResult
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import OperationError
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import (
    AnalysisOptions,
    Names,
    find_code_id,
    find_transcript,
    require_coder,
    select_transcript_ids,
    to_name_tuple,
)

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.coding.update_plan import ChooseSpan
    from qualcode.ledger import Event

UPDATE_COLUMNS = "id transcript code coder status why score start end quote was difference candidates".split()


class CodingMethods(ProjectBase):
    """What coders decide; every verb that changes anything appends to the ledger."""

    def accept(self, ids: Names, *, coder: str | None = None) -> int:
        """Make suggestions codings of a coder; return how many were new."""
        return self._decide(ids, coder, "accept")

    def reject(self, ids: Names, *, coder: str | None = None) -> int:
        """Remember that a coder does not want suggestions; they stay away until the code's entry changes."""
        return self._decide(ids, coder, "reject")

    def _decide(self, ids: Names, coder: str | None, verb: str) -> int:
        from qualcode.suggest.shown_suggestions import load_known_suggestions

        who = require_coder(self.study, coder, verb=verb)
        found = load_known_suggestions(self.study, to_name_tuple(ids), coder=who)
        events, again = decision_events.suggestion_events(self.study, found, to_name_tuple(ids), coder=who, verb=verb)
        self._append_events(events, notes=[f"{name} is coded by {who} already" for name in again])
        return len(events)

    def code(
        self, transcript: str, code: str, wanted: QuoteLocation | str, *, coder: str | None = None, memo: str = ""
    ) -> str:
        """Code one span, given by its quote (see `QuoteLocation` for turn or offsets); return the coding's id."""
        who = require_coder(self.study, coder, verb="code")
        held = find_transcript(self.study, transcript)
        current = find_code_id(self.study.codebook, code)
        asked = QuoteLocation(wanted) if isinstance(wanted, str) else wanted
        span = locate_quote(held, asked, abbreviations=self.study.abbreviations)
        standing = decision_events.index_coding_ids(self.study.codings).get((held.id, *span, current, who))
        if standing:
            raise OperationError(f"{who} has coded this span of {held.id} with {current} already ({standing})")
        event = decision_events.decision_event(Decision(held, span, current, who), self.study.codebook)
        self._append_events([event, decision_events.coding_memo_event(event, memo)] if memo else [event])
        return event.id

    def code_from(
        self, path: str | Path, *, coder: str | None = None, skip: bool = False, dry_run: bool = False
    ) -> ImportResult:
        """Code from a CSV, Excel or JSON-lines table; every row must fit, or with ``skip`` those that do are taken."""
        events, placed = coding_import.read_coding_events(self.study, Path(path), coder=coder, skip_invalid=skip)
        self._append_events([] if dry_run else events)
        return placed

    def codings(self, **choice: Unpack[AnalysisOptions]) -> pd.DataFrame:
        """Return a line a coding, with its place in the text as it is now and whether it still proves itself."""
        from qualcode.listings.caveats import list_caveats
        from qualcode.listings.coding_rows import CODING_COLUMNS, coding_rows
        from qualcode.tables import make_frame

        rows = list(coding_rows(self.study, choice))
        self.said = list_caveats(self.study)
        return make_frame(rows, CODING_COLUMNS)

    def retract(self, ids: Names, *, coder: str | None = None) -> int:
        """Take back codings of one's own; return how many."""
        who = require_coder(self.study, coder, verb="retract")
        events = decision_events.retract_events(self.study, to_name_tuple(ids), coder=who)
        self._append_events(events)
        return len({event.target for event in events})

    def done(
        self,
        transcripts: Names,
        *,
        coder: str | None = None,
        families: Sequence[str] = (),
        undo: bool = False,
    ) -> int:
        """Mark transcripts as finished by a coder (for some families only, if given), or take that back."""
        who = require_coder(self.study, coder, verb="finish")
        chosen = select_transcript_ids(self.study, transcripts)
        again: list[str] = []
        if undo:
            events = decision_events.retract_done_events(self.study, chosen, coder=who)
        else:
            events, again = decision_events.done_events(self.study, chosen, coder=who, families=families)
        self._append_events(events, notes=[f"{name} was done already" for name in again])
        return len(events)

    def done_from(self, path: str | Path, *, coder: str | None = None, dry_run: bool = False) -> ImportResult:
        """Mark transcripts as finished from a table with columns transcript, coder and, if wanted, families."""
        from qualcode.coding.finished_import import read_done_events

        events, placed = read_done_events(self.study, Path(path), coder=coder)
        self._append_events([] if dry_run else events)
        return placed

    def update(
        self,
        transcripts: Names | None = None,
        *,
        write: bool = False,
        choose: ChooseSpan | None = None,
        renamed: Mapping[str, str] | None = None,
        coder: str | None = None,
    ) -> pd.DataFrame:
        """Follow codings into transcripts that were edited or renamed; return a line for each that is not as it was.

        The files are read anew. Nothing is recorded unless ``write``: then every new place is a ``move`` event by
        ``coder``. ``choose`` is asked about codings that cannot be placed for sure (see `Step`), ``renamed`` gives new
        ids of transcripts by old ones.
        """
        from qualcode.coding import update_plan, update_report
        from qualcode.tables import make_frame

        self.refresh()
        who = require_coder(self.study, coder, verb="record moves") if write else ""
        only = self._select_known_ids(transcripts) if to_name_tuple(transcripts) else None
        made = update_plan.plan_update(self.study, transcripts=only, renamed=renamed)
        made = update_plan.ask_for_spans(made, choose) if choose else made
        events = update_plan.move_events(self.study, made, coder=who) if write else []
        found = list(update_report.update_rows(made))
        self._append_events(events, notes=update_report.update_notes(made, written=len(events) if write else None))
        self.said += self.unread
        return make_frame(found, UPDATE_COLUMNS)

    def _select_known_ids(self, transcripts: Names | None) -> list[str]:
        """Return the ids asked for; one that only ledgers know may be a transcript that was renamed."""
        known = {coding.transcript for coding in self.study.codings} - self.study.transcripts.keys()
        gone = [name for name in to_name_tuple(transcripts) if name in known]
        here = [name for name in to_name_tuple(transcripts) if name not in known]
        return [*gone, *(select_transcript_ids(self.study, here) if here else [])]

    def memo(self, text: str, *, on: str = "", coder: str | None = None) -> str:
        """Write a memo on the study, or on a coding (its id), a code or a transcript; return its id."""
        from qualcode.coding.memo_events import new_memo_event

        event = new_memo_event(self.study, text, on=on, coder=require_coder(self.study, coder, verb="write memos"))
        self._append_events([event])
        return event.id

    def _append_events(self, events: Sequence[Event], *, notes: Sequence[str] = ()) -> None:
        aside = self.study.append_events(events)
        self.said = [*notes, *(f"a torn last line was set aside as {path}" for path in aside)]
