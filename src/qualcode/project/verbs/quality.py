"""Verbs that judge: how good suggestions are, which codings surprise, which codes are hard to tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.project.choice import Names, names
from qualcode.project.verbs.held import Held

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.project.evaluating import Evaluation


class Judgements(Held):
    """What is judged by transcripts that were not learnt from; the unit is the sentence."""

    def evaluate(
        self, *, coder: str | None = None, code: Names = (), second: str | None = None, curve: bool = True
    ) -> Evaluation:
        """Return how good suggestions learnt from a coder's decisions are, beside baselines and a second coder.

        ``second`` is the coder taken as the human ceiling; without it, the one who has finished most of the same.
        """
        from qualcode.project.evaluating import evaluate

        found = evaluate(self.study, coder=coder, code=names(code), second=second, curve=curve)
        self.said = list(found.said)
        return found

    def surprises(self, *, coder: str | None = None, code: Names = (), top: int = 20) -> pd.DataFrame:
        """Return the codings and the gaps that a learner trained without their transcript finds most surprising."""
        from qualcode.project.consistency import surprises

        found, self.said = surprises(self.study, coder=coder, code=names(code), top=top)
        return found

    def drift(self, *, coder: str | None = None, code: Names = ()) -> pd.DataFrame:
        """Return how surprising a coder's codings are by quarters of the time in which they were made."""
        from qualcode.project.consistency import drift

        found, self.said = drift(self.study, coder=coder, code=names(code))
        return found

    def confusions(self, *, coder: str | None = None, code: Names = (), top: int = 20) -> pd.DataFrame:
        """Return pairs of codes that are hard to tell apart, with examples."""
        from qualcode.project.confusing import confusions

        found, self.said = confusions(self.study, coder=coder, code=names(code), top=top)
        return found
