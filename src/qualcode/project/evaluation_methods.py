"""Verbs that judge: how good suggestions are, which codings surprise, which codes are hard to tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import Names, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.evaluation.evaluation_tables import Evaluation


class EvaluationMethods(ProjectBase):
    """What is judged by transcripts that were not learnt from; the unit is the sentence."""

    def evaluate(
        self, *, coder: str | None = None, code: Names = (), second: str | None = None, curve: bool = True
    ) -> Evaluation:
        """Return how good suggestions learnt from a coder's decisions are, beside baselines and a second coder.

        ``second`` is the coder taken as the human ceiling; without it, the one who has finished most of the same.
        """
        from qualcode.evaluation.evaluation_tables import evaluate

        found = evaluate(self.study, coder=coder, code=to_name_tuple(code), second=second, curve=curve)
        self.said = list(found.notes)
        return found

    def surprises(self, *, coder: str | None = None, code: Names = (), top: int = 20) -> pd.DataFrame:
        """Return the codings and the gaps that a learner trained without their transcript finds most surprising."""
        from qualcode.evaluation.surprises import find_surprises

        found, self.said = find_surprises(self.study, coder=coder, code=to_name_tuple(code), top=top)
        return found

    def drift(self, *, coder: str | None = None, code: Names = ()) -> pd.DataFrame:
        """Return how surprising a coder's codings are by quarters of the time in which they were made."""
        from qualcode.evaluation.drift import measure_drift

        found, self.said = measure_drift(self.study, coder=coder, code=to_name_tuple(code))
        return found

    def confusions(self, *, coder: str | None = None, code: Names = (), top: int = 20) -> pd.DataFrame:
        """Return pairs of codes that are hard to tell apart, with examples."""
        from qualcode.evaluation.confusions import find_confusions

        found, self.said = find_confusions(self.study, coder=coder, code=to_name_tuple(code), top=top)
        return found
