"""The numbers of each code, family and all codes; each is a share, or says why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from qualcode.evaluation.arrays import Floats
from qualcode.evaluation.counts import Counts, measured
from qualcode.evaluation.judged import Judged, Sampled
from qualcode.evaluation.pools import Pool, pools
from qualcode.evaluation.ranking import average_precisions


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number from 0 to 1, or None and why there is none."""

    value: float | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the suggestions of a pool of codes were, with what the shares are shares of."""

    pool: Pool
    units: int
    """Units in which any of the codes was asked."""
    transcripts: int
    """Transcripts (or cases) with a coding."""
    codings: int
    suggested: int
    right: int
    codes: int
    """How many of the codes occur: a mean is over these."""
    precision: Ratio
    recall: Ratio
    f1: Ratio
    average_precision: Ratio
    sampled: Sampled
    """What ``transcripts`` counts."""


def qualities(judged: Judged) -> list[Quality]:
    """Return the numbers of each code, each family, all codes pooled and the mean over codes, in this order.

    A pool adds up cells: a unit with two codes of a family counts twice in it. A mean of precision leaves out codes
    of which nothing was suggested.

    Examples
    --------
    Of two suggestions one is right, and one of two codings was not suggested; the other code never occurs.

    >>> truth, chosen = np.array([[1, 0], [1, 0], [0, 0]], dtype=bool), np.array([[1, 0], [0, 0], [1, 0]], dtype=bool)
    >>> judged = Judged(("f/a", "f/b"), ("S",), np.zeros(3, dtype=int), truth, truth | True, chosen * 0.9, chosen)
    >>> found = qualities(judged)
    >>> [(one.pool.level, one.f1.value, one.codes) for one in found]
    [('code', 0.5, 1), ('code', None, 0), ('family', 0.5, 1), ('all', 0.5, 1), ('mean', 0.5, 1)]
    >>> found[1].f1.because
    'neither coded nor suggested'
    """
    over = pools(judged.codes)
    total = judged.counts.summed()
    whole = total.pooled(over)
    stands = (judged.counts.pooled(over).codings > 0).sum(axis=0)
    ratios = _ratios(judged, over, total)
    return [
        Quality(
            pool,
            units=_units(judged, pool),
            transcripts=int(stands[place]),
            codings=int(whole.codings[place]),
            suggested=int(whole.suggested[place]),
            right=int(whole.right[place]),
            codes=int((total.codings[list(pool.columns)] > 0).sum()),
            **{name: values[place] for name, values in ratios.items()},
            sampled=judged.sampled,
        )
        for place, pool in enumerate(over)
    ]


def _ratios(judged: Judged, over: Sequence[Pool], total: Counts) -> dict[str, list[Ratio]]:
    """Return the measures of each pool."""
    return {
        "precision": _reasoned(over, measured(total, over, measure=Counts.precision), "nothing was suggested"),
        "recall": _reasoned(over, measured(total, over, measure=Counts.recall), "never coded"),
        "f1": _reasoned(over, measured(total, over, measure=Counts.f1), "neither coded nor suggested"),
        "average_precision": _reasoned(over, average_precisions(judged, over), "never coded"),
    }


def _reasoned(over: Sequence[Pool], values: Floats, because: str) -> list[Ratio]:
    """Return the number of each pool, with a reason where there is none."""
    reasons = {"mean": "no code to take the mean over"}
    return [
        Ratio(None, reasons.get(pool.level, because)) if isnan(value) else Ratio(value)
        for pool, value in zip(over, values.tolist(), strict=True)
    ]


def _units(judged: Judged, pool: Pool) -> int:
    return int(np.count_nonzero(judged.asked[:, list(pool.columns)].any(axis=1)))
