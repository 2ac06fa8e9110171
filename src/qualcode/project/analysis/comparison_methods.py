"""Methods of `Project` that compare groups of cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel
    from qualcode.tables import CrosstabCells


class ComparisonMethods(ProjectBase):
    """Groups of cases compared."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def compare(
        self,
        *,
        by: Names,
        reference: str | None = None,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        replicates: int = 2000,
        permutations: int = 1000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return how groups of cases differ, code by code, the largest differences of shares first.

        Each pair of groups has differences and ratios with intervals, p-values, and p-values adjusted for the number
        of codes; three or more groups are also tested together.

        Parameters
        ----------
        by
            Attribute whose values are the groups; several are compared one after the other.
        reference
            The group that each other is compared with; if not given, each is compared with each.

        Returns
        -------
        DataFrame
            One row for each code and pair of groups, ``group_a`` and ``group_b``: shares of cases (``share_a``,
            ``share_b``, ``difference`` a less b, ``p``, ``q``) and codings per 1,000 words (``rate_a``, ``rate_b``,
            ``rate_ratio`` a to b, ``rate_p``, ``rate_q``), each with its interval. ``q`` is p adjusted for the number
            of codes. Sorted by Cohen's h. docs/tables.md describes all columns.

        Raises
        ------
        OperationError
            If there are fewer than two groups.
        """
        from qualcode.listings.analysis.group_comparison import ComparisonRequest, compare_groups
        from qualcode.statistics import make_resampling
        from qualcode.tables import COMPARISON_COLUMNS, make_frame

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        rows, notes = compare_groups(self.study, options, ComparisonRequest(reference, permutations, resampling))
        return make_frame(rows, COMPARISON_COLUMNS, notes=notes, categories=self._categories)

    @document_parameters(ANALYSIS_PARAMETERS)
    def crosstab(
        self,
        *,
        by: Names,
        rows: str | None = None,
        cells: CrosstabCells | None = None,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        replicates: int = 2000,
        permutations: int = 1000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return codes by the values of an attribute, with the number of cases of each value and a test.

        Parameters
        ----------
        by
            Attribute whose values are compared; several are one after the other.
        rows
            An attribute whose values are the rows, in the place of codes: how the cases are distributed over both.
        cells
            What the cells of a wide table have, one column for each value: ``cases``, ``share`` (of cases),
            ``codings``, ``units``, ``words`` or ``rate`` (codings per 1,000 words). If not given, the table is long:
            one row for each code and value, with all counts.
        """
        from qualcode.listings.analysis.attribute_crosstab import CrosstabRequest, cross_tabulate
        from qualcode.statistics import make_resampling
        from qualcode.tables import CROSSTAB_COLUMNS, make_frame, spread_values

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        lines, notes = cross_tabulate(self.study, options, CrosstabRequest(rows, permutations, resampling))
        table = make_frame(lines, CROSSTAB_COLUMNS, notes=notes, categories=self._categories)
        return spread_values(table, cells) if cells else table
