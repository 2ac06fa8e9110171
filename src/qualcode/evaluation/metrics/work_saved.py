"""Work saved: how many units may be left unread when they are read in the order of their scores."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from qualcode.evaluation.metrics.array_types import Ints
from qualcode.evaluation.metrics.predictions import Predictions, ShapeMismatch

RecallUnit = Literal["codings", "coded units"]


@dataclass(frozen=True, slots=True)
class WorkSaved:
    """How many of the units had to be read until a share of what was sought was found."""

    recall_unit: RecallUnit
    share: float
    total: int
    """Codings, or units with a coding, in all units."""
    units: int
    read: int | None
    """None where there was nothing to find."""

    @property
    def unread(self) -> float | None:
        """The share of units that may be left unread, from 0 to 1."""
        return None if self.read is None else 1 - self.read / self.units

    @property
    def wss(self) -> float | None:
        """Work saved over sampling: the share left unread, less what leaving out units by lot would save too."""
        return None if self.unread is None else self.unread - (1 - self.share)


def compute_work_saved(
    judged: Predictions, *, order: Ints | None = None, share: float = 0.95, recall_unit: RecallUnit = "codings"
) -> WorkSaved:
    """Count the units that must be read, best first, to find a share of the codings.

    Parameters
    ----------
    judged
        The units; those in which nothing was asked are left out.
    order
        The units' rows as they are read, each once, shape (units,). Without it, the unit with the highest score comes
        first: the score of a unit is its highest over the codes asked there. Units of the same score are read all, so
        that nothing depends on how they happen to lie.
    share
        What part of all that is sought is to be found, rounded up to whole ones.
    sought
        ``codings``: cells with a coding, several in a unit counting each. ``coded units``: units with any coding.

    Returns
    -------
    WorkSaved
        Known only in hindsight: who reads on does not know how much is still to be found.

    References
    ----------
    Cohen, A. M., Hersh, W. R., Peterson, K., Yen, P.-Y. (2006). Reducing workload in systematic review preparation
    using automated citation classification. JAMIA 13(2), 206-219: WSS = (TN + FN) / N - (1 - recall).

    Examples
    --------
    Five units, three codings. The third one stands in the unit with the fourth best score: one unit in five is left
    unread, .15 more than by lot. To find .6 of them (two of three), three units must be read.

    >>> truth, score = np.array([[1], [0], [1], [1], [0]], dtype=bool), np.array([[0.9], [0.8], [0.7], [0.6], [0.1]])
    >>> judged = Judged(("f/a",), ("S",), np.zeros(5, dtype=int), truth, truth | True, score, score > 0.5)
    >>> found = work_saved(judged)
    >>> found.read, round(found.unread, 2), round(found.wss, 2), work_saved(judged, share=0.6).read
    (4, 0.2, 0.15, 3)
    """
    units = np.flatnonzero(judged.asked.any(axis=1))
    codings = judged.coded[units].astype(np.int64).sum(axis=1)
    found = codings if recall_unit == "codings" else np.minimum(codings, 1)
    place = (_rank_by_score(judged) if order is None else _rank_by_order(order, len(judged.transcript)))[units]
    total = int(found.sum())
    read = _count_read_units(place, found, ceil(total * share - 1e-9)) if total else None
    return WorkSaved(recall_unit, share, total, len(units), read)


def _count_read_units(place: Ints, found: Ints, needed: int) -> int:
    """Return how many units have been read when as many were found as needed; those of one place are read together."""
    so_far = np.cumsum(np.bincount(place, found))
    last = np.searchsorted(so_far, needed)
    return int((place <= last).sum())


def _rank_by_score(judged: Predictions) -> Ints:
    """Return the place of each unit, the highest score first; the same for units of the same score."""
    highest = np.where(judged.asked, judged.score, 0.0).max(axis=1, initial=0.0)
    return np.unique(-highest, return_inverse=True)[1].astype(np.int64)


def _rank_by_order(order: Ints, units: int) -> Ints:
    """Return the place of each unit in an order given."""
    if not np.array_equal(np.sort(order), np.arange(units)):
        raise ShapeMismatch("order", "rows left out or repeated", f"each of {units} rows once")
    place = np.empty(units, dtype=np.int64)
    place[order] = np.arange(units)
    return place
