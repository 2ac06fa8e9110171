"""Methods of `Project` that record decisions: code, retract, done, update, memo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.coding import decision_events
from qualcode.coding.batches.batch_records import ConfirmBatch, preview_events
from qualcode.coding.coding_import import read_coding_events
from qualcode.coding.decided_places import place_of_decision, place_of_event
from qualcode.coding.import_tables import ImportProblemsError, ImportResult, to_import_table
from qualcode.coding.quote_location import QuoteLocation, locate_by_parameters
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.model import CodingStatus, DefinitionStatus
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, SELECTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder, select_transcript_ids, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.coding.update_plan import CodingUpdate
    from qualcode.ledger import Event


class CodingMethods(ProjectBase):
    """Decisions of coders; every method here but `codings` appends to the ledger (the audit trail)."""

    @document_parameters(DECISION_PARAMETERS)
    def code(
        self,
        transcript: str,
        code: Names,
        quote: QuoteLocation | str = "",
        *,
        turn: int | None = None,
        sentence: int | None = None,
        start: int | None = None,
        end: int | None = None,
        coder: str | None = None,
        memo: str = "",
    ) -> RecordedDecisions:
        """Code one span, given by its quote, by offsets, or by both, which are then compared.

        Parameters
        ----------
        transcript
            Id of the transcript.
        code
            Id of the code, or several, which are recorded together.
        quote
            Words of a participant, exactly as they are in the transcript; or a `QuoteLocation`.
        turn, sentence
            Turn, and sentence in that turn, of words that occur several times; both are counted from 0.
        start, end
            Offsets of the first character and after the last one in the text of the transcript.
        memo
            A memo on each coding.
        """
        name = require_coder(self.study, coder, verb="code")
        location = locate_by_parameters(quote, turn=turn, sentence=sentence, start=start, end=end)
        events, notes = decision_events.coding_events(
            self.study, transcript, to_name_tuple(code), location, coder=name, memo=memo
        )
        return self._record_codings(events, notes)

    @document_parameters(DECISION_PARAMETERS)
    def code_from(
        self,
        table: str | Path | pd.DataFrame,
        *,
        coder: str | None = None,
        skip: bool = False,
        dry_run: bool = False,
        confirm: ConfirmBatch | None = None,
    ) -> ImportResult:
        """Import codings from a CSV, Excel, Parquet or JSON-lines table, or a DataFrame.

        If a row cannot be placed nothing is imported. Rows of a DataFrame are counted from 1 in messages.

        Parameters
        ----------
        table
            The table, with columns transcript, code, coder, and quote or start and end; ``-`` is the standard input.
        coder
            Who decides in rows without a coder; if not given, the study's coder.
        skip
            Whether rows that cannot be placed are left out, and the others imported.

        Raises
        ------
        ImportProblemsError
            If rows cannot be placed, unless ``skip`` or ``dry_run``; its ``result`` has all problems.
        """
        events, result = read_coding_events(self.study, to_import_table(table), coder=coder, skip_invalid=skip)
        remedy = "" if skip else "correct the table, or give skip=True to import the other rows"
        imported = self._import(events, result, dry_run=dry_run, remedy=remedy, confirm=confirm)
        if result.notes:
            # Codings may have been decided again as they are, which the index of decisions does not follow.
            self.refresh()
        return imported

    @document_parameters(SELECTION_PARAMETERS)
    def codings(
        self,
        *,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        status: CodingStatus | Sequence[CodingStatus] | None = None,
        as_of: str | None = None,
        definition: DefinitionStatus | Sequence[DefinitionStatus] | None = None,
    ) -> pd.DataFrame:
        """Return one row per coding, with its place in the current text and its status.

        Parameters
        ----------
        coder
            Only codings by these coders; all if not given.
        status
            Only codings that are ``anchored``, ``moved``, ``changed`` or ``orphaned``; all if not given.
        as_of
            Only codings as they were recorded until the end of this date, as for `themes`.
        definition
            Only codings that were made under the ``current`` or an ``earlier`` definition of their code, or where that
            is ``unknown``; all if not given.
        """
        from qualcode.listings.caveats import date_notes, list_caveats
        from qualcode.listings.coding_rows import CODING_COLUMNS, coding_categories, coding_rows
        from qualcode.tables import make_frame

        study = self.study.as_of(as_of)
        rows = list(
            coding_rows(study, coder=coder, code=code, transcripts=transcripts, status=status, definition=definition)
        )
        notes = dict.fromkeys([*date_notes(study, to_name_tuple(coder)), *list_caveats(study)])
        categories = coding_categories(study) | {"coder": to_name_tuple(coder) or study.coders}
        return make_frame(rows, CODING_COLUMNS, notes=list(notes), categories=categories)

    @document_parameters(DECISION_PARAMETERS)
    def retract(self, ids: Names, *, coder: str | None = None) -> RecordedDecisions:
        """Retract codings ("uncode") or rejections of one's own, by their ``ids`` or the last characters of these."""
        name = require_coder(self.study, coder, verb="retract")
        found, notes = decision_events.find_own_decisions(self.study, to_name_tuple(ids), coder=name)
        events = decision_events.retract_events(self.study, found, coder=name)
        places = [place_of_decision(self.study, decision) for decision in found]
        return record_decisions(self.study, events, [decision.id for decision in found], notes=notes, places=places)

    @document_parameters(DECISION_PARAMETERS)
    def recode(self, coding: str, code: Names, *, coder: str | None = None) -> RecordedDecisions:
        """Give the words of a coding of one's own, or of a suggestion, other codes; a memo is kept with each of them.

        Parameters
        ----------
        coding
            Id of the coding, or the last characters of it; or id of a suggestion that was shown.
        code
            The new code, or several. A coding is retracted, and a suggestion rejected, unless its code is among them.
        """
        from qualcode.coding.history.recode_events import find_and_recode

        name = require_coder(self.study, coder, verb="code")
        events = find_and_recode(self.study, coding, to_name_tuple(code), coder=name)
        return self._record_codings(events)

    def _record_codings(self, events: Sequence[Event], notes: Sequence[str] = ()) -> RecordedDecisions:
        """Append events, and return the codings among them."""
        codings = [event for event in events if event.event == "apply"]
        places = [place_of_event(self.study, event) for event in codings]
        return record_decisions(self.study, events, [event.id for event in codings], notes=notes, places=places)

    @document_parameters(DECISION_PARAMETERS)
    def move(
        self,
        coding: str,
        quote: str = "",
        *,
        start: int | None = None,
        end: int | None = None,
        coder: str | None = None,
    ) -> RecordedDecisions:
        """Give a coding of one's own other bounds in its transcript; its code and memo are kept.

        Parameters
        ----------
        coding
            Id of the coding, or the last characters of it.
        quote
            The words that it is to be on; with offsets as well, they are compared.
        start, end
            Offsets of the first character and after the last one in the text of the transcript.
        """
        from qualcode.coding.history.coding_moves import new_bounds_events

        name = require_coder(self.study, coder, verb="change codings")
        location = locate_by_parameters(quote, turn=None, sentence=None, start=start, end=end)
        found, events = new_bounds_events(self.study, coding, location, coder=name)
        places = [place_of_event(self.study, event) for event in events[:1]]
        return record_decisions(self.study, events, [found.id] if events else [], places=places)

    @document_parameters(DECISION_PARAMETERS)
    def done(
        self,
        transcripts: Names,
        *,
        coder: str | None = None,
        families: Names | None = None,
        undo: bool = False,
    ) -> RecordedDecisions:
        """Mark transcripts as finished by a coder.

        Parameters
        ----------
        transcripts
            Ids of the transcripts; patterns such as ``S*`` select several.
        families
            Families that the coder has finished; all if not given.
        undo
            Whether all marks of the coder on these transcripts are taken back instead.
        """
        name = require_coder(self.study, coder, verb="finish")
        ids = select_transcript_ids(self.study, transcripts)
        finished_already: list[str] = []
        if undo:
            events = decision_events.retract_done_events(self.study, ids, coder=name)
        else:
            events, finished_already = decision_events.done_events(
                self.study, ids, coder=name, families=to_name_tuple(families)
            )
        notes = [f"{transcript} was done already" for transcript in finished_already]
        return record_decisions(self.study, events, [event.target or event.id for event in events], notes=notes)

    @document_parameters(DECISION_PARAMETERS)
    def done_from(
        self, table: str | Path | pd.DataFrame, *, coder: str | None = None, dry_run: bool = False
    ) -> ImportResult:
        """Mark transcripts as finished from a table with columns transcript, coder and optionally families.

        Parameters
        ----------
        table
            The table: CSV, Excel, Parquet, JSON lines, or a DataFrame.
        coder
            Who has finished, in rows without a coder; if not given, the study's coder.

        Raises
        ------
        ImportProblemsError
            If a row has a problem, unless ``dry_run``; its ``result`` has all problems.
        """
        from qualcode.coding.finished_import import read_done_events

        events, result = read_done_events(self.study, to_import_table(table), coder=coder)
        return self._import(events, result, dry_run=dry_run, remedy="correct the table")

    def _import(
        self,
        events: Sequence[Event],
        result: ImportResult,
        *,
        dry_run: bool,
        remedy: str,
        confirm: ConfirmBatch | None = None,
    ) -> ImportResult:
        if result.problems and remedy and not dry_run:
            raise ImportProblemsError(result, remedy=remedy)
        if confirm and events and not dry_run and not confirm(preview_events(self.study, events)):
            return replace(result, added=0, counts_by_coder={}, notes=(*result.notes, "nothing was recorded"))
        recorded = record_decisions(self.study, [] if dry_run else events, ())
        return replace(result, notes=(*result.notes, *recorded.notes))

    def update(
        self,
        transcripts: Names | None = None,
        *,
        write: bool = False,
        choose: Callable[[CodingUpdate], tuple[int, int] | None] | None = None,
        renamed: Mapping[str, str] | None = None,
        coder: str | None = None,
    ) -> pd.DataFrame:
        """Follow codings into transcripts that were edited or renamed; return one row per coding that changed.

        All files are read again.

        Parameters
        ----------
        transcripts
            Only these transcripts, by id or former id; all if not given.
        write
            Whether a ``move`` event is recorded for each new place; without it nothing is written.
        choose
            Function that is asked about each coding without a certain place; it gets a `CodingUpdate` and returns the
            span (start, end), or None.
        renamed
            New ids of transcripts by old ones.
        coder
            Who records the moves; if not given, the study's coder.
        """
        from qualcode.coding.renamed_sources import select_present_or_missing
        from qualcode.coding.update_plan import ask_for_spans, move_events, plan_update
        from qualcode.coding.update_report import UPDATE_COLUMNS, update_notes, update_rows
        from qualcode.tables import make_frame

        # An open project has read the texts before they were edited.
        self.refresh()
        name = require_coder(self.study, coder, verb="record moves") if write else ""
        ids = None if transcripts is None else select_present_or_missing(self.study, transcripts)
        plan = plan_update(self.study, transcripts=ids, renamed=renamed)
        plan = ask_for_spans(plan, choose) if choose else plan
        events = move_events(self.study, plan, coder=name) if write else []
        rows = list(update_rows(plan))
        notes = update_notes(plan, written=len(events) if write else None)
        recorded = record_decisions(self.study, events, (), notes=notes)
        return make_frame(rows, UPDATE_COLUMNS, notes=[*recorded.notes, *self._list_unread()])

    @document_parameters(DECISION_PARAMETERS)
    def memo(
        self,
        text: str,
        *,
        on: str = "",
        quote: QuoteLocation | str = "",
        turn: int | None = None,
        sentence: int | None = None,
        start: int | None = None,
        end: int | None = None,
        coder: str | None = None,
    ) -> RecordedDecisions:
        """Write a memo with this ``text`` on the study, or ``on`` a coding, transcript or code, by its id.

        Parameters
        ----------
        on
            Id of a coding, transcript or code; the study if not given.
        quote, turn, sentence, start, end
            A passage of the transcript ``on``, without a code, as for `code`.
        """
        from qualcode.coding.memo_events import new_memo_event, new_passage_memo_event

        name = require_coder(self.study, coder, verb="write memos")
        location = locate_by_parameters(quote, turn=turn, sentence=sentence, start=start, end=end)
        if location == QuoteLocation():
            event = new_memo_event(self.study, text, on=on, coder=name)
        else:
            event = new_passage_memo_event(self.study, text, location, on=on, coder=name)
        return record_decisions(self.study, [event], [event.id])
