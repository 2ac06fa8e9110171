"""Work saved: how much may be left unread, for all codes at once and for one at a time, in several orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation import Judged, WorkSaved, work_saved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

SHARE = 0.95
WORK_COLUMNS = "reading code order over units codings read unread wss".split()
ALL, ONE, MEAN = "all codes at once", "one code at a time", "one code at a time, mean"


@dataclass(frozen=True)
class Orders:
    """Scores by which the same sentences may be read, by name, over the cells asked of ``judged``."""

    judged: Judged
    scores: Mapping[str, Matrix]
    over: str
    """Which sentences these are."""


def work_rows(orders: Sequence[Orders]) -> list[dict[str, Any]]:
    """Return a row for each order: of all codes at once, of each code, and of the mean over codes by codings."""
    return [row for one in orders for name, score in one.scores.items() for row in _rows(one, name, score)]


def _rows(orders: Orders, name: str, score: Matrix) -> list[dict[str, Any]]:
    judged = replace(orders.judged, score=score)
    whole = _read(judged, np.where(judged.asked, score, 0).sum(axis=1))
    alone = {code: _read(_one(judged, k), score[:, k]) for k, code in enumerate(judged.codes)}
    kept = {code: found for code, found in alone.items() if found.read is not None}
    head = {"order": name, "over": orders.over}
    return [
        {"reading": ALL, "code": ""} | head | _numbers(whole),
        {"reading": MEAN, "code": ""} | head | _mean(kept.values()),
        *({"reading": ONE, "code": code} | head | _numbers(found) for code, found in kept.items()),
    ]


def _read(judged: Judged, by: Matrix) -> WorkSaved:
    """Read sentences by a score, best first, those alike as the lot falls."""
    lot = np.random.default_rng(0).random(len(by))
    return work_saved(judged, order=np.lexsort((lot, -by)).astype(np.int64), share=SHARE)


def _one(judged: Judged, column: int) -> Judged:
    held = slice(column, column + 1)
    return replace(
        judged,
        codes=judged.codes[held],
        truth=judged.truth[:, held],
        asked=judged.asked[:, held],
        score=judged.score[:, held],
        chosen=judged.chosen[:, held],
    )


def _numbers(found: WorkSaved) -> dict[str, Any]:
    return {
        "units": found.units,
        "codings": found.total,
        "read": found.read,
        "unread": found.unread,
        "wss": found.wss,
    }


def _mean(found: Iterable[WorkSaved]) -> dict[str, Any]:
    """Return the mean over codes, each weighted by its codings; sentences read is a mean too."""
    held = list(found)
    total = sum(one.total for one in held)
    if not total:
        return {"units": 0, "codings": 0, "read": None, "unread": None, "wss": None}
    read = sum(one.total * (one.read or 0) for one in held) / total
    unread = sum(one.total * (one.unread or 0) for one in held) / total
    units = max(one.units for one in held)
    return {"units": units, "codings": total, "read": round(read), "unread": unread, "wss": unread - (1 - SHARE)}
