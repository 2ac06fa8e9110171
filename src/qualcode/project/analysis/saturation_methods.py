"""Methods of `Project` on the order of things: saturation over transcripts, sequences within them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel


class SaturationMethods(ProjectBase):
    """Saturation, and sequences of codes."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def saturation(
        self,
        *,
        order: str = "study",
        base_size: int = 4,
        run_length: int = 2,
        threshold: float = 0.05,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        permutations: int = 1000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return how many codes are new in each transcript, and when Guest, Namey and Chen's rule is met.

        The notes say in a sentence what the figures mean. A code counts where it is used itself, so that codes below
        it are codes of their own.

        Parameters
        ----------
        order
            Order of the transcripts: ``study``, ``coded`` (that of the coder's first decisions in them), or an
            attribute of cases such as a date.
        base_size
            Number of first transcripts whose codes are the base.
        run_length
            Number of transcripts in a run, in which new codes are counted.
        threshold
            Highest share of new codes in a run, of the codes in the base, at which saturation is reached.
        permutations
            Number of random orders from which ``low`` and ``high`` are computed; 0 for none.
        confidence, seed
            Share of random orders between ``low`` and ``high``, and seed.

        Returns
        -------
        DataFrame
            One row for each transcript of a coder and group, in order.

        Raises
        ------
        OperationError
            If the options leave no code.

        References
        ----------
        Guest, G., Namey, E., Chen, M. (2020). A simple method to assess and report thematic saturation in qualitative
        research. PLoS ONE 15(5), e0232076.
        """
        from qualcode.listings.analysis.saturation_rows import (
            SATURATION_COLUMNS,
            SaturationOptions,
            measure_saturation,
            saturation_rows,
        )
        from qualcode.statistics import SaturationRule
        from qualcode.tables import group_columns, make_frame

        chosen = AnalysisOptions(None, coder, code, transcripts, by, level, universe, as_of)
        rule = SaturationRule(base_size, run_length, threshold)
        how = SaturationOptions(order, rule, permutations, confidence, seed)
        curves, counted, notes = measure_saturation(self.study, chosen, how)
        columns = group_columns(counted.group_attributes, SATURATION_COLUMNS)
        rows = saturation_rows(curves, columns)
        return make_frame(rows, [*columns, *SATURATION_COLUMNS], notes=notes, categories=self._categories)

    @document_parameters(ANALYSIS_PARAMETERS)
    def sequences(
        self,
        *,
        lag: int = 1,
        zeros: bool = False,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        permutations: int = 1000,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return which code follows which, beside what random orders of the turns of each transcript would give.

        Parameters
        ----------
        lag
            Number of units from the first code to the second: 1 is the participant's next turn.
        zeros
            Whether pairs that never occur are included.
        unit
            Unit of analysis: turn (the default), sentence or paragraph.
        permutations
            Number of random orders from which p is computed; 0 for none.
        seed
            Seed of the random orders.

        Raises
        ------
        UsageError
            If units of this kind overlap, or a transcript is one unit.
        """
        from qualcode.listings.analysis.sequence_rows import SEQUENCE_COLUMNS, SequenceOptions, list_sequences
        from qualcode.tables import group_columns, make_frame

        chosen = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        rows, counted, notes = list_sequences(self.study, chosen, SequenceOptions(lag, permutations, seed, zeros))
        columns = group_columns(counted.group_attributes, SEQUENCE_COLUMNS)
        return make_frame(rows, [*columns, *SEQUENCE_COLUMNS], notes=notes, categories=self._categories)
