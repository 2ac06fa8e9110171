"""The method of `Project` that reads corrections back from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, document_parameters
from qualcode.study.selection import require_coder

if TYPE_CHECKING:
    import pandas as pd


class CorrectionMethods(ProjectBase):
    """What a research lead, or a coder in a spreadsheet, sends back."""

    @document_parameters(DECISION_PARAMETERS)
    def apply(
        self,
        path: str | Path,
        *,
        coder: str | None = None,
        transcript: str | None = None,
        write: bool = False,
        skip: bool = False,
    ) -> pd.DataFrame:
        """Read the decisions, codings and comments of a file back; return one row per correction.

        A decision on a coding of the same coder changes that coding. One on somebody else's is recorded for the
        consensus, with the name of who decided. All that is recorded is one action, which `undo` takes back.

        Parameters
        ----------
        path
            A workbook (.xlsx) or table (.csv) that was exported for review or for coding, or a Word file (.docx) of a
            transcript with comments.
        coder
            Who has decided or coded; may only be left out if the file has no decisions on codings, and is then the
            study's coder.
        transcript
            Which transcript a Word file is of; if not given, its name or its words tell.
        write
            Whether the corrections are recorded; without it nothing is written.
        skip
            Whether corrections with a problem are left out, and the others recorded.

        Raises
        ------
        CorrectionProblemsError
            If ``write`` and a correction has a problem, unless ``skip``; its ``table`` says what becomes of each.
        """
        from qualcode.coding.corrections.correction_files import read_corrections
        from qualcode.coding.corrections.correction_plan import check_is_named, plan_corrections
        from qualcode.coding.corrections.correction_report import holding_corrections, record_plan

        # The file is read before the ledgers, so that a large workbook and all codings are not in memory together.
        corrections = read_corrections(self.study, Path(path), transcript=transcript)
        check_is_named(corrections, coder)
        name = require_coder(self.study, coder, verb="correct")
        with holding_corrections(self.study, write=write):
            plan = plan_corrections(self.study, corrections, coder=name)
            del corrections
            table = record_plan(self.study, plan, coder=name, write=write, skip=skip)
        if write:
            # Codings may have been confirmed or brought back, which the index of decisions does not follow.
            self.refresh()
        return table
