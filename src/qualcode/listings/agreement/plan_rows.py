"""How many units and transcripts must be coded twice, by code, from what is coded twice already or from guesses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualcode.agreement import (
    MISSING,
    RatingPatterns,
    agreement_correlation,
    compute_statistics,
    design_effect,
    plan_groups,
    plan_units,
)
from qualcode.agreement.sample_size import MOST_CODERS
from qualcode.errors import UsageError, name_option
from qualcode.incidence import CodeSet
from qualcode.listings.agreement.agreement_rows import (
    AgreementOptions,
    build_rating_patterns,
    compare_for_options,
    select_options_code_sets,
)
from qualcode.listings.agreement.coder_comparison import Comparison
from qualcode.study.selection import list_coders_who_coded
from qualcode.study.study import Study

PLAN_COLUMNS = (
    "code name coders unit target expected prevalence units units_per_transcript correlation design_effect "
    "transcripts remark"
).split()
_NUMBERS = ("units", "units_per_transcript", "correlation", "design_effect", "transcripts")
_SMALLEST_CELL = 5
"""Expected number of units with some number of coders, below which the method is approximate."""


PLAN_NOTES = (
    "units: all coders code each of them; the expected lower limit of the one-sided interval of kappa is then at the "
    "target (Donner and Rotondi 2010), and in about half of all studies below it",
    "transcripts: so many more units are needed because those of one transcript are alike (design effect 1 + (m - 1) "
    "icc, Kish 1965)",
)


@dataclass(frozen=True, slots=True)
class PlanGoal:
    """What is to be reached, and what is expected; None: as in what is coded twice already."""

    target: float
    expected: float | None
    prevalence: float | None
    coders: int
    confidence: float

    def check(self) -> None:
        """Check that all numbers are in range.

        Raises
        ------
        UsageError
            If one is not.
        """
        for name in ("target", "expected", "prevalence"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise UsageError(f"{name_option(name)}: must be a number between 0 and 1, not {value}")
        if not 0.5 < self.confidence < 1:
            raise UsageError(f"{name_option('confidence')}: must be a number between 0.5 and 1, not {self.confidence}")
        if not 2 <= self.coders <= MOST_CODERS:
            raise UsageError(f"{name_option('coders')}: must be a number from 2 to {MOST_CODERS}, not {self.coders}")


def plan_rows(study: Study, options: AgreementOptions, goal: PlanGoal) -> Iterator[dict[str, Any]]:
    """Yield a row for each code: how many units and transcripts the coders must code.

    With kappa and prevalence given and nothing coded twice there is a single row, without transcripts.

    Raises
    ------
    UsageError
        If a number is out of range.
    OperationError
        If something must be learned from what is coded twice, and nothing is.
    """
    goal.check()
    if goal.expected is not None and goal.prevalence is not None and len(list_coders_who_coded(study)) < 2:
        yield _row_of(goal, goal.expected, goal.prevalence)
        return
    comparison = compare_for_options(study, options)[0]
    for code_set in select_options_code_sets(study, options, levels=("code",)):
        yield _plan_row(comparison, code_set, goal)


def _plan_row(comparison: Comparison, code_set: CodeSet, goal: PlanGoal) -> dict[str, Any]:
    ratings = comparison.rate(code_set, "done")
    patterns = build_rating_patterns(comparison, ratings)
    kappa = compute_statistics(["fleiss_kappa"], patterns)["fleiss_kappa"]
    prevalence = _share_coded(patterns) if goal.prevalence is None else goal.prevalence
    row = _row_of(goal, kappa.value if goal.expected is None else goal.expected, prevalence, reason=kappa.reason)
    size = len(ratings.transcript) / max(1, len(np.unique(ratings.transcript)))
    correlation = agreement_correlation(patterns)
    row |= {"code": code_set.id, "name": code_set.name, "unit": comparison.unit_name, "units_per_transcript": size}
    if correlation is not None:
        row |= {"correlation": correlation, "design_effect": design_effect(size, correlation)}
        row["transcripts"] = None if row["units"] is None else plan_groups(row["units"], size, correlation)
    return row


def _share_coded(patterns: RatingPatterns) -> float:
    """Return the share of all ratings that are "coded"."""
    weights = patterns.counts.sum(axis=0)[:, None] * (patterns.values != MISSING)
    return float((weights * (patterns.values == 1)).sum() / max(1.0, weights.sum()))


def _row_of(goal: PlanGoal, expected: float | None, prevalence: float, *, reason: str = "") -> dict[str, Any]:
    """Return a row with the number of units, or with the reason why there is none."""
    row = (
        dict.fromkeys(PLAN_COLUMNS, "")
        | dict.fromkeys(_NUMBERS)
        | {
            "coders": goal.coders,
            "target": goal.target,
            "expected": expected,
            "prevalence": prevalence,
        }
    )
    if expected is None:
        row["remark"] = f"no expected kappa: {reason}"
    elif not 0 < prevalence < 1:
        row["remark"] = "no expected prevalence: the code is in no unit or in all"
    elif expected <= goal.target:
        row["remark"] = "the expected kappa is not above the target: no number of units is enough"
    elif expected >= 1:
        row["remark"] = "the expected kappa is 1: give a lower one"
    else:
        plan = plan_units(expected, goal.target, prevalence, coders=goal.coders, level=goal.confidence)
        row["units"] = plan.units
        row["remark"] = (
            "approximate: few of these units will have the code" if plan.smallest_cell < _SMALLEST_CELL else ""
        )
    return row
