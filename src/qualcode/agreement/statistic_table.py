"""All statistics of agreement by name: formula, label, coders, meaning and source; and why one is undefined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qualcode.agreement import nominal_agreement as nominal
from qualcode.agreement.estimates import Estimate, estimate
from qualcode.agreement.label_sets import LabelSets, SetDistance, distance_alpha, jaccard_distance, masi_distance
from qualcode.agreement.rating_patterns import Floats, RatingPatterns
from qualcode.agreement.rating_sums import RatingSums, sum_ratings
from qualcode.statistics import Resampling, draw_groups

Input = Literal["values", "sets"]

TWO_CODERS = "needs exactly two coders"
MORE_CODERS = "needs at least two coders"
TWO_VALUES = "needs exactly two values, coded and not coded"
NOTHING_PAIRED = "no unit was coded by two coders"
NOT_USED = "no coder used the code"
NOTHING_VARIES = "nothing varies: all ratings are the same"
NO_PAIR_VARIES = "nothing varies: all ratings of units that two coders rated are the same"
NO_SETS = "needs sets of codes, not one code"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic: its key in tables, its name for people, its formula and what it needs."""

    name: str
    label: str
    formula: Callable[[RatingSums], Floats] | None
    meaning: str
    source: str
    two_coders: bool = False
    two_values: bool = False
    distance: SetDistance | None = None
    """For statistics of sets of codes, in place of a formula."""

    @property
    def coders(self) -> str:
        """How many coders it compares, in words."""
        return "two" if self.two_coders else "two or more"

    @property
    def input(self) -> Input:
        """What it compares: one value of each coder in each unit, or sets of codes."""
        return "values" if self.distance is None else "sets"


_ALL = (
    Statistic(
        "percent",
        "Percent agreement",
        nominal.percent_agreement,
        "share of pairs of coders who agree, not corrected for chance",
        "Gwet 2014",
    ),
    Statistic(
        "cohen_kappa",
        "Cohen's kappa",
        nominal.cohen_kappa,
        "corrected for chance; each coder has their own shares",
        "Cohen 1960",
        two_coders=True,
    ),
    Statistic(
        "fleiss_kappa",
        "Fleiss' kappa",
        nominal.fleiss_kappa,
        "corrected for chance; all coders have the same shares",
        "Fleiss 1971; Gwet 2014",
    ),
    Statistic(
        "conger_kappa",
        "Conger's kappa",
        nominal.conger_kappa,
        "Cohen's kappa for two or more coders",
        "Conger 1980; Gwet 2014",
    ),
    Statistic(
        "scott_pi",
        "Scott's pi",
        nominal.scott_pi,
        "corrected for chance; both coders have the same shares",
        "Scott 1955",
        two_coders=True,
    ),
    Statistic(
        "brennan_prediger",
        "Brennan-Prediger's S",
        nominal.brennan_prediger,
        "corrected for chance; all values are equally likely",
        "Bennett and others 1954; Brennan and Prediger 1981",
    ),
    Statistic(
        "pabak",
        "PABAK",
        nominal.pabak,
        "kappa if the code were in half of the units and both coders used it equally often",
        "Byrt and others 1993",
        two_coders=True,
        two_values=True,
    ),
    Statistic(
        "gwet_ac1",
        "Gwet's AC1",
        nominal.gwet_ac1,
        "corrected for chance; less sensitive to rare codes than kappa",
        "Gwet 2008; Gwet 2014",
    ),
    Statistic(
        "krippendorff_alpha",
        "Krippendorff's alpha",
        nominal.krippendorff_alpha,
        "corrected for chance and for few units; nominal values",
        "Krippendorff 2011; Hayes and Krippendorff 2007",
    ),
    Statistic(
        "alpha_masi",
        "Krippendorff's alpha with MASI distance",
        None,
        "sets of codes; partial overlap counts less than equal sets",
        "Passonneau 2006",
        distance=masi_distance,
    ),
    Statistic(
        "alpha_jaccard",
        "Krippendorff's alpha with Jaccard distance",
        None,
        "sets of codes; by the share of codes in common",
        "Jaccard 1912; Krippendorff 2011",
        distance=jaccard_distance,
    ),
)
STATISTICS = {statistic.name: statistic for statistic in _ALL}
INDICES = {
    statistic.name: statistic
    for statistic in (
        Statistic(
            "prevalence_index",
            "Prevalence index",
            nominal.prevalence_index,
            "-1 never coded, 0 in half of the units, 1 always",
            "Byrt and others 1993",
            two_values=True,
        ),
        Statistic(
            "bias_index",
            "Bias index",
            nominal.bias_index,
            "how much more the first coder used the code",
            "Byrt and others 1993",
            two_coders=True,
            two_values=True,
        ),
    )
}


def compute_statistics(
    names: Iterable[str],
    patterns: RatingPatterns,
    *,
    sets: LabelSets | None = None,
    resampling: Resampling | None = None,
) -> dict[str, Estimate]:
    """Return the estimates of some statistics and indices of the same units.

    Parameters
    ----------
    names
        Keys of `STATISTICS` and `INDICES`.
    patterns
        Ratings of all compared coders; for statistics of sets, a value is the number of a set.
    sets : optional
        The sets that the values stand for; without them, statistics of sets are undefined.
    resampling : optional
        None: no intervals.

    Returns
    -------
    dict of str to Estimate
        Undefined ones have a reason.

    Raises
    ------
    KeyError
        For an unknown name.

    Examples
    --------
    Two coders agree on 88 + 40 + 12 of 200 units (Cohen 1960, example 2):

    >>> import numpy as np
    >>> from qualcode.agreement import build_patterns
    >>> table = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    >>> patterns = build_patterns(np.argwhere(table >= 0), lengths=table.ravel())
    >>> estimates = compute_statistics(["percent", "cohen_kappa", "pabak"], patterns)
    >>> {name: round(result.value, 3) if result.value else result.reason for name, result in estimates.items()}
    {'percent': 0.7, 'cohen_kappa': 0.492, 'pabak': 'needs exactly two values, coded and not coded'}
    """
    sums = sum_ratings(patterns)
    draws = None if resampling is None else draw_groups(sums.filled_groups, resampling)
    results = {}
    for name in names:
        statistic = STATISTICS.get(name) or INDICES[name]
        reason = explain_unsuitable(statistic, sums, sets)
        if reason:
            results[name] = Estimate(None, reason)
        elif statistic.formula:
            results[name] = estimate(
                statistic.formula, sums, explain=explain_undefined, resampling=resampling, draws=draws
            )
        elif sets is not None and statistic.distance:
            results[name] = distance_alpha(
                patterns, sets, distance=statistic.distance, resampling=resampling, draws=draws
            )
    return results


def explain_unsuitable(statistic: Statistic, sums: RatingSums, sets: LabelSets | None) -> str:
    """Return why a statistic cannot be computed from such ratings; empty if it can."""
    total = sums.total()
    checks = (
        (sums.n_coders < 2, MORE_CODERS),
        (statistic.two_coders and sums.n_coders != 2, TWO_CODERS),
        (statistic.two_values and sums.n_values != 2, TWO_VALUES),
        (statistic.distance is not None and sets is None, NO_SETS),
        (not total.paired_units, NOTHING_PAIRED),
    )
    return next((reason for fails, reason in checks if fails), "")


def explain_undefined(total: RatingSums) -> str:
    """Return why a coefficient that is corrected for chance divides by 0: only one value was given."""
    used = np.flatnonzero(total.rated_values.sum(axis=0)).tolist()
    if len(used) > 1:
        return NO_PAIR_VARIES
    return NOT_USED if total.n_values == 2 and used == [0] else NOTHING_VARIES
