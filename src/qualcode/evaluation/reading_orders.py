"""Work saved: how much may be left unread, for all codes at once and for one at a time, in several orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.metrics import Predictions, WorkSaved, compute_work_saved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

RECALL_TARGET = 0.95
WORK_COLUMNS = "reading code order over units codings read unread wss".split()
ALL_CODES, ONE_CODE, MEAN_OF_CODES = "all codes at once", "one code at a time", "one code at a time, mean"


@dataclass(frozen=True)
class ReadingOrders:
    """Scores by which the same sentences may be read, by name, over the cells asked of ``judged``."""

    predictions: Predictions
    scores: Mapping[str, Matrix]
    over: str
    """Which sentences these are."""


def work_rows(orders: Sequence[ReadingOrders]) -> list[dict[str, Any]]:
    """Return a row for each order: of all codes at once, of each code, and of the mean over codes by codings."""
    return [row for one in orders for name, score in one.scores.items() for row in _order_rows(one, name, score)]


def _order_rows(orders: ReadingOrders, name: str, score: Matrix) -> list[dict[str, Any]]:
    judged = replace(orders.predictions, score=score)
    whole = _measure_work(judged, np.where(judged.asked, score, 0).sum(axis=1))
    alone = {code: _measure_work(_select_code(judged, k), score[:, k]) for k, code in enumerate(judged.codes)}
    kept = {code: found for code, found in alone.items() if found.read is not None}
    head = {"order": name, "over": orders.over}
    return [
        {"reading": ALL_CODES, "code": ""} | head | _work_columns(whole),
        {"reading": MEAN_OF_CODES, "code": ""} | head | _mean_columns(kept.values()),
        *({"reading": ONE_CODE, "code": code} | head | _work_columns(found) for code, found in kept.items()),
    ]


def _measure_work(judged: Predictions, by: Matrix) -> WorkSaved:
    """Read sentences by a score, best first, those alike as the lot falls."""
    lot = np.random.default_rng(0).random(len(by))
    return compute_work_saved(judged, order=np.lexsort((lot, -by)).astype(np.int64), share=RECALL_TARGET)


def _select_code(judged: Predictions, column: int) -> Predictions:
    held = slice(column, column + 1)
    return replace(
        judged,
        codes=judged.codes[held],
        truth=judged.truth[:, held],
        asked=judged.asked[:, held],
        score=judged.score[:, held],
        chosen=judged.chosen[:, held],
    )


def _work_columns(found: WorkSaved) -> dict[str, Any]:
    return {
        "units": found.units,
        "codings": found.total,
        "read": found.read,
        "unread": found.unread,
        "wss": found.wss,
    }


def _mean_columns(found: Iterable[WorkSaved]) -> dict[str, Any]:
    """Return the mean over codes, each weighted by its codings; sentences read is a mean too."""
    held = list(found)
    total = sum(one.total for one in held)
    if not total:
        return {"units": 0, "codings": 0, "read": None, "unread": None, "wss": None}
    read = sum(one.total * (one.read or 0) for one in held) / total
    unread = sum(one.total * (one.unread or 0) for one in held) / total
    units = max(one.units for one in held)
    return {
        "units": units,
        "codings": total,
        "read": round(read),
        "unread": unread,
        "wss": unread - (1 - RECALL_TARGET),
    }
