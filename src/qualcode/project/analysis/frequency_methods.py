"""Methods of `Project` that count codes, families and themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName, select_counted_coders

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel


class FrequencyMethods(ProjectBase):
    """Frequencies of codes, families and themes."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def themes(
        self,
        *,
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
        """Return frequencies of codes, families and themes, with zeros and intervals, by case attributes if asked."""
        from qualcode.listings.analysis.interval_notes import interval_notes
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes
        from qualcode.statistics import make_resampling
        from qualcode.tables import add_notes, theme_table

        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        counted = build_incidence_set(self.study, options)
        table = theme_table(
            counted.incidences,
            counted.code_sets,
            counted.group_masks,
            counted.group_attributes,
            resampling=resampling,
        )
        notes = [*count_notes(self.study, counted), *interval_notes(counted, resampling)]
        return add_notes(table, notes, categories=self._categories)

    def coders(self) -> list[str]:
        """Return the coders that are counted by default."""
        return select_counted_coders(self.study, None)
