"""Methods of `Project` on how far coders agree: the table, its picture, and a plan of how much to code twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import SELECTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel
    from qualcode.listings.agreement.coder_comparison import AgreementUniverse


class AgreementMethods(ProjectBase):
    """How far coders agree."""

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
        over_time: bool = False,
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
        over_time
            Whether the one coder, given as ``ana@2026-01``, is compared with the same coder now, in the transcripts
            that the coder has worked on since.
        replicates, confidence, seed
            Number of bootstrap replicates, share of them within an interval, and seed.

        Raises
        ------
        OperationError
            If fewer than two coders have coded, or there is nothing that all of them have finished.
        """
        from qualcode.listings.agreement.agreement_rows import AgreementOptions
        from qualcode.listings.agreement.agreement_text import agreement_table
        from qualcode.statistics import make_resampling

        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        options = AgreementOptions(
            coder, unit, universe, code, transcripts, level, statistic, pairs, over_time, resampling
        )
        table: pd.DataFrame = agreement_table(self.study, options)
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
