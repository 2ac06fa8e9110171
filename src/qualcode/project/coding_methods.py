"""Methods of `Project` that record decisions: accept, reject, code, retract, done, update, memo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from qualcode.coding import decision_events
from qualcode.coding.coding_import import read_coding_events
from qualcode.coding.import_tables import ImportResult
from qualcode.coding.quote_location import QuoteLocation
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import AnalysisOptions, Names, require_coder, select_transcript_ids, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.coding.update_plan import ChooseSpan
    from qualcode.ledger import Event


class CodingMethods(ProjectBase):
    """Decisions of coders; every method here but `codings` appends to the ledger (the audit trail)."""

    def accept(self, ids: Names, *, coder: str | None = None) -> RecordedDecisions:
        """Turn suggestions, by their ids, into codings of a coder."""
        return self._decide(ids, coder, "accept")

    def reject(self, ids: Names, *, coder: str | None = None) -> RecordedDecisions:
        """Dismiss suggestions, by their ids; they return only if the code's entry in the codebook changes."""
        return self._decide(ids, coder, "reject")

    def _decide(self, ids: Names, coder: str | None, verb: str) -> RecordedDecisions:
        from qualcode.suggest.shown_suggestions import load_known_suggestions

        name = require_coder(self.study, coder, verb=verb)
        suggestions = load_known_suggestions(self.study, to_name_tuple(ids), coder=name)
        events, coded_already = decision_events.suggestion_events(
            self.study, suggestions, to_name_tuple(ids), coder=name, verb=verb
        )
        notes = [f"{suggestion_id} is already coded by {name}" for suggestion_id in coded_already]
        return record_decisions(self.study, events, [event.id for event in events], notes=notes)

    def code(
        self, transcript: str, code: str, quote: QuoteLocation | str, *, coder: str | None = None, memo: str = ""
    ) -> RecordedDecisions:
        """Code one span, given by its quote, or by a `QuoteLocation` with turn, sentence or offsets."""
        name = require_coder(self.study, coder, verb="code")
        location = QuoteLocation(quote) if isinstance(quote, str) else quote
        events = decision_events.coding_events(self.study, transcript, code, location, coder=name, memo=memo)
        # The first event is the coding; a second one is its memo.
        return record_decisions(self.study, events, [events[0].id])

    def code_from(
        self, path: str | Path, *, coder: str | None = None, skip: bool = False, dry_run: bool = False
    ) -> ImportResult:
        """Import codings from a CSV, Excel, Parquet or JSON-lines table.

        If a row cannot be placed nothing is imported; with ``skip`` only those rows are left out.
        """
        events, result = read_coding_events(self.study, Path(path), coder=coder, skip_invalid=skip)
        return self._import(events, result, dry_run=dry_run)

    def codings(self, **options: Unpack[AnalysisOptions]) -> pd.DataFrame:
        """Return one row per coding, with its place in the current text and its status."""
        from qualcode.listings.caveats import list_caveats
        from qualcode.listings.coding_rows import CODING_COLUMNS, coding_rows
        from qualcode.tables import make_frame

        rows = list(coding_rows(self.study, options))
        return make_frame(rows, CODING_COLUMNS, notes=list_caveats(self.study))

    def retract(self, ids: Names, *, coder: str | None = None) -> RecordedDecisions:
        """Retract codings of one's own ("uncode"), by id or its last characters."""
        name = require_coder(self.study, coder, verb="retract")
        events = decision_events.retract_events(self.study, to_name_tuple(ids), coder=name)
        return record_decisions(self.study, events, [event.target for event in events])

    def done(
        self,
        transcripts: Names,
        *,
        coder: str | None = None,
        families: Sequence[str] = (),
        undo: bool = False,
    ) -> RecordedDecisions:
        """Mark transcripts as finished by a coder, for some families only if given; ``undo`` takes the marks back."""
        name = require_coder(self.study, coder, verb="finish")
        ids = select_transcript_ids(self.study, transcripts)
        finished_already: list[str] = []
        if undo:
            events = decision_events.retract_done_events(self.study, ids, coder=name)
        else:
            events, finished_already = decision_events.done_events(self.study, ids, coder=name, families=families)
        notes = [f"{transcript} was done already" for transcript in finished_already]
        return record_decisions(self.study, events, [event.target or event.id for event in events], notes=notes)

    def done_from(self, path: str | Path, *, coder: str | None = None, dry_run: bool = False) -> ImportResult:
        """Mark transcripts as finished from a table with columns transcript, coder and optionally families."""
        from qualcode.coding.finished_import import read_done_events

        events, result = read_done_events(self.study, Path(path), coder=coder)
        return self._import(events, result, dry_run=dry_run)

    def _import(self, events: Sequence[Event], result: ImportResult, *, dry_run: bool) -> ImportResult:
        recorded = record_decisions(self.study, [] if dry_run else events, ())
        return replace(result, notes=recorded.notes)

    def update(
        self,
        transcripts: Names | None = None,
        *,
        write: bool = False,
        choose: ChooseSpan | None = None,
        renamed: Mapping[str, str] | None = None,
        coder: str | None = None,
    ) -> pd.DataFrame:
        """Follow codings into transcripts that were edited or renamed; return one row per coding that changed.

        All files are read again. Only with ``write`` is anything recorded: a ``move`` event by ``coder`` for each new
        place. ``choose`` is asked about codings without a certain place (see `CodingUpdate`), ``renamed`` gives new ids
        of transcripts by old ones.
        """
        from qualcode.coding.renamed_sources import select_present_or_missing
        from qualcode.coding.update_plan import ask_for_spans, move_events, plan_update
        from qualcode.coding.update_report import UPDATE_COLUMNS, update_notes, update_rows
        from qualcode.tables import make_frame

        # An open project has read the texts before they were edited.
        self.refresh()
        name = require_coder(self.study, coder, verb="record moves") if write else ""
        ids = select_present_or_missing(self.study, transcripts) if to_name_tuple(transcripts) else None
        plan = plan_update(self.study, transcripts=ids, renamed=renamed)
        plan = ask_for_spans(plan, choose) if choose else plan
        events = move_events(self.study, plan, coder=name) if write else []
        rows = list(update_rows(plan))
        notes = update_notes(plan, written=len(events) if write else None)
        recorded = record_decisions(self.study, events, (), notes=notes)
        return make_frame(rows, UPDATE_COLUMNS, notes=[*recorded.notes, *self.unread])

    def memo(self, text: str, *, on: str = "", coder: str | None = None) -> RecordedDecisions:
        """Write a memo on the study, or on a coding, transcript or code by its id."""
        from qualcode.coding.memo_events import new_memo_event

        event = new_memo_event(self.study, text, on=on, coder=require_coder(self.study, coder, verb="write memos"))
        return record_decisions(self.study, [event], [event.id])
