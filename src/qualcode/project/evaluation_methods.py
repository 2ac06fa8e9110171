"""Methods of `Project` that evaluate: how good suggestions are, suspect codings, codes that are confused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.errors import check_positive
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import EVALUATION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.evaluation.evaluation_tables import Evaluation


class EvaluationMethods(ProjectBase):
    """Evaluation by cross-validation on held-out transcripts; the unit is the sentence."""

    @document_parameters(EVALUATION_PARAMETERS)
    def evaluate(
        self, *, coder: str | None = None, code: Names | None = None, second: str | None = None, curve: bool = True
    ) -> Evaluation:
        """Return how good suggestions trained on a coder's decisions are, beside baselines and a second coder.

        Parameters
        ----------
        second
            Coder whose agreement with the first is the benchmark ("human ceiling"); if not given, the one who has
            finished most of the same transcripts.
        curve
            Whether the learning curve is computed, which takes longest.
        """
        from qualcode.evaluation.evaluation_tables import evaluate

        return evaluate(self.study, coder=coder, code=to_name_tuple(code), second=second, curve=curve)

    @document_parameters(EVALUATION_PARAMETERS)
    def surprises(self, *, coder: str | None = None, code: Names | None = None, top: int = 20) -> pd.DataFrame:
        """Return codings and uncoded sentences that a model trained without their transcript finds least likely."""
        from qualcode.evaluation.surprises import find_surprises
        from qualcode.tables import add_notes

        check_positive("top", top)
        frame, notes = find_surprises(self.study, coder=coder, code=to_name_tuple(code), top=top)
        return add_notes(frame, notes)

    @document_parameters(EVALUATION_PARAMETERS)
    def drift(self, *, coder: str | None = None, code: Names | None = None) -> pd.DataFrame:
        """Return how likely a coder's codings are, by quarters of the time in which they were made (coder drift)."""
        from qualcode.evaluation.drift import measure_drift
        from qualcode.tables import add_notes

        frame, notes = measure_drift(self.study, coder=coder, code=to_name_tuple(code))
        return add_notes(frame, notes)

    @document_parameters(EVALUATION_PARAMETERS)
    def confusions(self, *, coder: str | None = None, code: Names | None = None, top: int = 20) -> pd.DataFrame:
        """Return pairs of codes that the model confuses, with examples."""
        from qualcode.evaluation.confusions import find_confusions
        from qualcode.tables import add_notes

        check_positive("top", top)
        frame, notes = find_confusions(self.study, coder=coder, code=to_name_tuple(code), top=top)
        return add_notes(frame, notes)
