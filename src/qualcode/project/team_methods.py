"""Methods of `Project` for several coders: agreement, disagreements and their adjudication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.coding.import_tables import ImportProblemsError, ImportResult
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, SELECTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder

if TYPE_CHECKING:
    import pandas as pd


class TeamMethods(ProjectBase):
    """What several coders have coded: where they agree, and decisions where they do not."""

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
    def adjudicate(self, passage: str, decision: str, *, note: str = "", coder: str | None = None) -> RecordedDecisions:
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

        Raises
        ------
        OperationError
            If no coder has used a code there.
        """
        from qualcode.coding.team.adjudication import adjudication_events, choose_codes, find_passage

        name = require_coder(self.study, coder, verb="adjudicate")
        found = find_passage(self.study, passage)
        chosen = choose_codes(self.study, found, decision)
        events = adjudication_events(self.study, found, chosen, by=name, note=note)
        return record_decisions(self.study, events, [event.id for event in events if event.code])

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
