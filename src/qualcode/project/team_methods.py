"""Methods of `Project` for several coders: disagreements and their adjudication, assignments, copies of a study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.coding.decided_places import place_of_event
from qualcode.coding.import_tables import ImportProblemsError, ImportResult
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, SELECTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder

if TYPE_CHECKING:
    import pandas as pd


class TeamMethods(ProjectBase):
    """The work of several coders on one study."""

    @document_parameters(SELECTION_PARAMETERS)
    def disagreements(
        self,
        *,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        decided: bool = False,
    ) -> pd.DataFrame:
        """Return one row per passage that coders have coded differently, with its text and every reading.

        A passage is a unit of analysis (a sentence, where the study's units overlap) in transcripts that at least two
        of the coders have marked as done.

        Parameters
        ----------
        coder
            The coders to compare; all if not given.
        decided
            Whether passages that are decided already are included, with their decision.
        """
        from qualcode.listings.agreement.disagreement_rows import list_disagreements
        from qualcode.tables import make_frame

        rows, columns, notes = list_disagreements(
            self.study, coder=coder, code=code, transcripts=transcripts, decided=decided
        )
        return make_frame(rows, columns, notes=notes)

    @document_parameters(DECISION_PARAMETERS)
    def adjudicate(
        self, passage: str, decision: str, *, note: str = "", among: Names | None = None, coder: str | None = None
    ) -> RecordedDecisions:
        """Decide which codes apply to a passage that coders have coded differently; their codings stay as they are.

        The decision is recorded for the coder ``consensus``, whose codings all analyses can count.

        Parameters
        ----------
        passage
            Its ``id`` in `disagreements`.
        decision
            A coder, whose reading is accepted; ``all`` or ``none`` of the disputed codes; or ids of codes, separated by
            semicolons.
        note
            The reason.
        among
            The coders whose readings are compared, two or more: only what they dispute is decided, and codes that
            ``decision`` names. All coders if not given.

        Raises
        ------
        OperationError
            If no coder has used a code there.
        """
        from qualcode.coding.team.adjudication import adjudication_events, choose_codes, find_passage

        name = require_coder(self.study, coder, verb="adjudicate")
        found = find_passage(self.study, passage, among=among)
        choice = choose_codes(self.study, found, decision, only_disputed=among is not None)
        events = adjudication_events(self.study, found, choice, by=name, note=note)
        places = [place_of_event(self.study, event) for event in events if event.event == "apply"]
        # The first event names the action, which can be undone as a whole.
        return record_decisions(self.study, events, [event.id for event in events[:1]], places=places)

    @document_parameters(DECISION_PARAMETERS)
    def adjudicate_from(
        self, table: str | Path | pd.DataFrame, *, coder: str | None = None, dry_run: bool = False
    ) -> ImportResult:
        """Decide passages from a table of `disagreements` whose column ``decision`` was filled in.

        Parameters
        ----------
        table
            The table: CSV, Excel, Parquet, JSON lines, or a DataFrame; with columns id, decision and optionally note.

        Raises
        ------
        ImportProblemsError
            If a row has a problem, unless ``dry_run``; its ``result`` has all problems.
        """
        from qualcode.coding.import_tables import to_import_table
        from qualcode.coding.team.adjudication import read_adjudications

        name = require_coder(self.study, coder, verb="adjudicate")
        events, result = read_adjudications(self.study, to_import_table(table), by=name)
        if result.problems and not dry_run:
            raise ImportProblemsError(result, remedy="correct the table")
        record_decisions(self.study, [] if dry_run else events, ())
        return result

    @document_parameters(SELECTION_PARAMETERS)
    def assign(
        self,
        transcripts: Names | None = None,
        *,
        coder: Names | None = None,
        overlap: int | str = "20%",
        readers: int = 2,
        by: Names | None = None,
        seed: int = 0,
        replace: bool = False,
        write: bool = False,
    ) -> pd.DataFrame:
        """Return who codes which transcript: some by several coders for agreement, the others by one each.

        Coders get equal shares of participants' words. Transcripts that are assigned already keep their coders.

        Parameters
        ----------
        coder
            Who is to code; the coders in the settings if not given.
        overlap
            How many transcripts several coders code: a number, or a share such as ``"20%"``.
        readers
            How many coders code each of these.
        by
            Attributes of cases whose values are represented in the overlap in proportion.
        seed
            Seed of the draw.
        replace
            Whether transcripts that are assigned already are drawn again.
        write
            Whether the result is written to ``assignments.csv``; without it nothing is.
        """
        from qualcode.listings.team.assignment_rows import (
            ASSIGNMENT_COLUMNS,
            AssignmentOptions,
            assignment_rows,
            plan_assignments,
        )
        from qualcode.study.readings.assignments import ASSIGNMENTS_FILE, write_assignments
        from qualcode.tables import make_frame

        options = AssignmentOptions(transcripts, coder, overlap, readers, by, seed, replace)
        assignments, notes = plan_assignments(self.study, options)
        if write:
            write_assignments(self.study.root, assignments)
            notes.append(f"written to {ASSIGNMENTS_FILE}")
        return make_frame(assignment_rows(self.study, assignments), ASSIGNMENT_COLUMNS, notes=notes)

    def assignments(self) -> pd.DataFrame:
        """Return who is to code which transcript, and what is done of it."""
        from qualcode.listings.team.assignment_rows import ASSIGNMENT_COLUMNS, assignment_rows, load_assignments
        from qualcode.tables import make_frame

        return make_frame(assignment_rows(self.study, load_assignments(self.study)), ASSIGNMENT_COLUMNS)

    def merge(
        self,
        paths: str | Path | Sequence[str | Path],
        *,
        write: bool = False,
        sources: bool = True,
        force: bool = False,
    ) -> pd.DataFrame:
        """Bring other copies of the study into this one; return one row per thing that happens or needs a person.

        Decisions are added to the ledgers, and sources that are missing here are copied; nothing here is overwritten.
        Rows with the level ``error`` are differences that a person must decide. To merge a copy again changes nothing,
        and the order of copies does not matter.

        Parameters
        ----------
        paths
            The copy, a folder or a zip archive, or several; a folder ``codings`` alone will do.
        write
            Whether it is done; without it nothing is written.
        sources
            Whether sources that only the copy has are copied.
        force
            Whether a copy is merged that seems to be one of another study.

        Raises
        ------
        OperationError
            If there is no copy of this study at a path.
        """
        from qualcode.coding.team.merge_rows import MERGE_COLUMNS, merge_table
        from qualcode.coding.team.study_merge import MergeOptions, merge_copies
        from qualcode.tables import make_frame

        given = [paths] if isinstance(paths, str | Path) else paths
        rows, notes = merge_copies(self.study, [Path(path) for path in given], MergeOptions(write, sources, force))
        self.refresh()
        return make_frame(merge_table(rows), MERGE_COLUMNS, notes=notes)

    def tidy(self, *, write: bool = False) -> pd.DataFrame:
        """Move the events of conflict copies of ledgers into the ledgers, and delete these copies; one row per file.

        Synced folders leave such copies (``S07 (1).jsonl``); markers of git inside a ledger are deleted as well. All
        events are kept.

        Parameters
        ----------
        write
            Whether it is done; without it nothing is written.
        """
        from qualcode.coding.team.conflict_copies import tidy_ledgers
        from qualcode.coding.team.merge_rows import MERGE_COLUMNS, merge_table
        from qualcode.tables import make_frame

        rows, notes = tidy_ledgers(self.study, write=write)
        self.refresh()
        return make_frame(merge_table(rows), MERGE_COLUMNS, notes=notes)
