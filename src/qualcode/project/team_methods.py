"""Methods of `Project` for several coders: agreement, disagreements and their adjudication."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.coding.import_tables import ImportProblemsError, ImportResult
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.errors import UsageError, check_positive
from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, SELECTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel
    from qualcode.listings.agreement.coder_comparison import AgreementUniverse


class TeamMethods(ProjectBase):
    """What several coders have coded: where they agree, and decisions where they do not."""

    @document_parameters(SELECTION_PARAMETERS)
    def agreement(
        self,
        *,
        coder: Names | None = None,
        unit: Names | None = None,
        universe: AgreementUniverse | Sequence[AgreementUniverse] | None = None,
        statistic: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        pairs: bool = False,
        replicates: int = 2000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return how far coders agree, for each code, each family and all codes pooled, with bootstrap intervals.

        A statistic that cannot be computed is missing, with the reason in the column ``undefined``. Sentences for a
        methods section are in ``attrs["methods"]``.

        Parameters
        ----------
        coder
            The coders to compare, all if not given; ``ana@2026-01`` is what ana had coded by then, ``maker:NAME`` what
            a maker of suggestions would code.
        unit
            Units of analysis, or ``character``, one or several, of which each has its rows; the study's if not given.
        universe
            What is compared, one or several: ``done`` (the units of transcripts that all of the coders have marked as
            done), ``coded`` (those in which at least one of them has used a code) or ``asked`` (those of transcripts
            that at least two have marked as done or begun).
        statistic
            Further statistics beside percent agreement, Krippendorff's alpha, Cohen's kappa and Gwet's AC1.
        level
            Rows to show besides those of all codes together: ``code``, ``family`` or ``theme``, one or several.
        pairs
            Whether each pair of the coders is compared, instead of all of them at once.
        replicates, confidence, seed
            Number of bootstrap replicates, share of them within an interval, and seed.

        Raises
        ------
        OperationError
            If fewer than two coders have coded, or there is nothing that all of them have finished.
        """
        from qualcode.agreement import Resampling
        from qualcode.listings.agreement.agreement_rows import AgreementOptions, measure_agreement
        from qualcode.listings.agreement.agreement_text import agreement_notes, describe_methods
        from qualcode.tables import make_frame

        check_positive("replicates", replicates)
        if not 0 < confidence < 1:
            raise UsageError(f"confidence: must be a number between 0 and 1, not {confidence}")
        resampling = Resampling(replicates=replicates, seed=seed, level=confidence)
        options = AgreementOptions(coder, unit, universe, code, transcripts, level, statistic, pairs, resampling)
        result = measure_agreement(self.study, options)
        table = make_frame(result.rows, result.columns, notes=agreement_notes(self.study, result))
        table.attrs["methods"] = describe_methods(self.study, result)
        return table

    @document_parameters(SELECTION_PARAMETERS)
    def plan_agreement(
        self,
        *,
        target: float = 0.7,
        expected: float | None = None,
        prevalence: float | None = None,
        coder: Names | None = None,
        coders: int = 2,
        unit: str | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Return how many units and transcripts must be coded twice so that the lower limit of kappa reaches a target.

        After Donner and Rotondi (2010); kappa, prevalence and how alike the units of a transcript are come from what
        is coded twice already, unless they are given. Interviews are planned as clusters of units.

        Parameters
        ----------
        target
            The lower limit of the one-sided interval of kappa to reach.
        expected, prevalence
            The kappa and the share of units with the code that are expected, from 0 to 1; with both, nothing need be
            coded yet.
        coder
            The coders whose work is the basis, all if not given.
        coders
            How many coders will code each unit, 2 to 6.
        confidence
            Level of the interval.
        """
        from qualcode.listings.agreement.agreement_rows import AgreementOptions
        from qualcode.listings.agreement.plan_rows import PLAN_COLUMNS, PLAN_NOTES, PlanGoal, plan_rows
        from qualcode.tables import make_frame

        goal = PlanGoal(target, expected, prevalence, coders, confidence)
        options = AgreementOptions(coder, unit, code=code, transcripts=transcripts)
        return make_frame(plan_rows(self.study, options, goal), PLAN_COLUMNS, notes=PLAN_NOTES)

    def draw_agreement(
        self, table: pd.DataFrame, *, statistic: str = "krippendorff_alpha", title: str = "Agreement by code"
    ) -> Any:
        """Return a matplotlib Figure of a ``table`` of `agreement`: a dot and an interval for each row.

        Parameters
        ----------
        statistic
            The column to draw.
        title
            Heading of the picture.
        """
        from qualcode.export.agreement_picture import draw_agreement_table

        return draw_agreement_table(table, statistic=statistic, title=title, book=self.study.codebook)

    def save_agreement(
        self,
        table: pd.DataFrame,
        path: str | Path,
        *,
        statistic: str = "krippendorff_alpha",
        title: str = "Agreement by code",
    ) -> WrittenFile:
        """Write the picture of a ``table`` of `agreement` to ``path``, which ends in .png, .svg or .pdf.

        ``statistic`` and ``title`` are those of `draw_agreement`.
        """
        from qualcode.export.agreement_picture import save_agreement

        written, notes = save_agreement(table, Path(path), statistic=statistic, title=title, book=self.study.codebook)
        return WrittenFile(written, tuple(notes))

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
