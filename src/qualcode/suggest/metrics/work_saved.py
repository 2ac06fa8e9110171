"""Work saved: the share of units that can be left unread when units are read by score."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from qualcode.suggest.metrics.array_types import Ints
from qualcode.suggest.metrics.predictions import Predictions, ShapeMismatch


@dataclass(frozen=True, slots=True)
class WorkSaved:
    """How many of the units must be read to reach a share of the codings."""

    recall: float
    """The share of codings to reach, from 0 to 1."""
    total: int
    """Codings in all units."""
    units: int
    read: int | None
    """Units that must be read; None without a coding."""

    @property
    def unread(self) -> float | None:
        """The share of units that can be left unread, from 0 to 1."""
        return None if self.read is None else 1 - self.read / self.units

    @property
    def wss(self) -> float | None:
        """Work saved over sampling: the share left unread, less what leaving out units at random would save too."""
        return None if self.unread is None else self.unread - (1 - self.recall)


def compute_work_saved(predictions: Predictions, *, order: Ints | None = None, recall: float = 0.95) -> WorkSaved:
    """Count the units that must be read, best first, to reach a share of the codings.

    Parameters
    ----------
    predictions
        The units; those without an evaluated cell are left out.
    order
        The units' rows as they are read, each once, shape (units,). Without it, the unit with the highest score comes
        first: the score of a unit is its highest over the evaluated codes. Units with the same score are all read, so
        that the result does not depend on their order.
    recall
        The share of codings to reach, rounded up to a whole number; several codings in a unit count each.

    Returns
    -------
    WorkSaved
        Known only afterwards: during reading nobody knows how many codings are still to be found.

    Raises
    ------
    ShapeMismatch
        If ``order`` does not have each row once.

    References
    ----------
    Cohen, A. M., Hersh, W. R., Peterson, K., Yen, P.-Y. (2006). Reducing workload in systematic review preparation
    using automated citation classification. JAMIA 13(2), 206-219: WSS = (TN + FN) / N - (1 - recall).

    Examples
    --------
    Five units, three codings. The third one is in the unit with the fourth best score: one unit in five is left
    unread, .15 more than at random. To reach .6 of them (two of three), three units must be read.

    >>> truth, score = np.array([[1], [0], [1], [1], [0]], dtype=bool), np.array([[0.9], [0.8], [0.7], [0.6], [0.1]])
    >>> predictions = Predictions(("f/a",), ("S",), np.zeros(5, dtype=int), truth, truth | True, score, score > 0.5)
    >>> saved = compute_work_saved(predictions)
    >>> saved.read, round(saved.unread, 2), round(saved.wss, 2), compute_work_saved(predictions, recall=0.6).read
    (4, 0.2, 0.15, 3)
    """
    units = np.flatnonzero(predictions.evaluated.any(axis=1))
    codings = predictions.coded[units].astype(np.int64).sum(axis=1)
    rank = (_rank_by_score(predictions) if order is None else _rank_by_order(order, len(predictions.transcript)))[units]
    total = int(codings.sum())
    # Without the small number, a product such as 100 * .55 = 55.00000000000001 would be rounded up to 56.
    read = _count_read_units(rank, codings, ceil(total * recall - 1e-9)) if total else None
    return WorkSaved(recall, total, len(units), read)


def _count_read_units(rank: Ints, codings: Ints, needed: int) -> int:
    """Return how many units are read when the needed number of codings is reached; equal ranks are read together."""
    codings_so_far = np.cumsum(np.bincount(rank, codings))
    last = np.searchsorted(codings_so_far, needed)
    # Ranks are over all units, some of them without an evaluated cell, so a rank is not a number of units read.
    return int((rank <= last).sum())


def _rank_by_score(predictions: Predictions) -> Ints:
    """Return the rank of each unit, 0 for the highest score; equal scores have equal ranks."""
    # A score for a code that the coder has not finished there must not move the unit up.
    highest = np.where(predictions.evaluated, predictions.score, 0.0).max(axis=1, initial=0.0)
    return np.unique(-highest, return_inverse=True)[1].astype(np.int64)


def _rank_by_order(order: Ints, unit_count: int) -> Ints:
    """Return the rank of each unit in a given order."""
    if not np.array_equal(np.sort(order), np.arange(unit_count)):
        raise ShapeMismatch("order", "rows left out or repeated", f"each of {unit_count} rows once")
    rank = np.empty(unit_count, dtype=np.int64)
    rank[order] = np.arange(unit_count)
    return rank
