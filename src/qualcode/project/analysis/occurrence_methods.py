"""Methods of `Project` on where codes occur: in which cases, transcripts and units, and at which position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel, MatrixCells, MatrixRows


class OccurrenceMethods(ProjectBase):
    """Where codes occur."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def matrix(
        self,
        *,
        rows: MatrixRows = "case",
        cells: MatrixCells = "codings",
        attributes: bool = False,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> pd.DataFrame:
        """Return a matrix with one row for each case, transcript or unit, and one column for each code.

        Cells are missing where the coder was not asked about the code.

        Parameters
        ----------
        rows
            What a row is: ``case``, ``transcript`` or ``unit``.
        cells
            ``codings``, ``present`` (1 or 0), ``words`` (participants' words in codings), or ``units``.
        attributes
            Whether attributes of the cases are columns before those of codes.
        """
        from qualcode.listings.analysis.code_occurrence import build_code_matrix
        from qualcode.tables import add_notes

        options = AnalysisOptions(unit, coder, code, transcripts, None, level, universe, as_of)
        table, notes = build_code_matrix(self.study, options, rows=rows, cells=cells, has_attributes=attributes)
        return add_notes(table, notes)

    @document_parameters(ANALYSIS_PARAMETERS)
    def positions(
        self,
        *,
        bins: int = 10,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        replicates: int = 2000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return where in the interviews codes occur: units by tenth of each transcript, and the mean position.

        Parameters
        ----------
        bins
            Number of parts that each transcript is divided into, of equally many participants' words.

        Raises
        ------
        UsageError
            If the unit is the transcript, which has no position in itself.
        """
        from qualcode.listings.analysis.code_occurrence import list_positions
        from qualcode.statistics import make_resampling
        from qualcode.tables import make_frame

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        rows, columns, notes = list_positions(self.study, options, bins=bins, resampling=resampling)
        return make_frame(rows, columns, notes=notes, categories=self._categories)
