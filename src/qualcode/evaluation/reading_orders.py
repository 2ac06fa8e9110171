"""Reading saved by several orders of the sentences, for all codes at once and for one code at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qualcode.suggest.metrics import Predictions, WorkSaved, compute_work_saved
from qualcode.suggest.metrics.array_types import Floats

RECALL_TARGET = 0.95
WORK_COLUMNS = "reading code order over units codings read unread wss".split()
ALL_CODES, ONE_CODE, MEAN_OF_CODES = "all codes at once", "one code at a time", "one code at a time, mean"


@dataclass(frozen=True)
class ReadingOrders:
    """Scores that the same sentences can be ordered by, by name, over the evaluated cells of ``predictions``."""

    predictions: Predictions
    scores: Mapping[str, Floats]
    over: str
    """Which sentences these are."""


def work_rows(reading_orders: Sequence[ReadingOrders]) -> list[dict[str, Any]]:
    """Return rows for each order: of all codes at once, of the mean over codes by codings, and of each code."""
    return [
        row
        for orders in reading_orders
        for name, score in orders.scores.items()
        for row in _order_rows(orders, name, score)
    ]


def _order_rows(orders: ReadingOrders, name: str, score: Floats) -> list[dict[str, Any]]:
    predictions = replace(orders.predictions, score=score)
    # The sum of probabilities is the expected number of codings in a sentence.
    all_codes = _measure_work(predictions, np.where(predictions.evaluated, score, 0).sum(axis=1))
    by_code = {
        code: _measure_work(_select_code(predictions, column), score[:, column])
        for column, code in enumerate(predictions.codes)
    }
    # A code without codings has no recall to reach, so it is in no mean.
    coded = {code: work for code, work in by_code.items() if work.read is not None}
    head = {"order": name, "over": orders.over}
    return [
        {"reading": ALL_CODES, "code": ""} | head | _work_columns(all_codes),
        {"reading": MEAN_OF_CODES, "code": ""} | head | _mean_columns(list(coded.values())),
        *({"reading": ONE_CODE, "code": code} | head | _work_columns(work) for code, work in coded.items()),
    ]


def _measure_work(predictions: Predictions, score: Floats) -> WorkSaved:
    """Read sentences by a score, best first; ties are broken at random."""
    # Without an order, ties are read together: with only two scores, a second coder would seem to save nothing.
    # The seed is fixed, so that results can be repeated; corpus order would favour the first transcripts.
    tie_breaker = np.random.default_rng(0).random(len(score))
    order = np.lexsort((tie_breaker, -score)).astype(np.int64)
    return compute_work_saved(predictions, order=order, recall=RECALL_TARGET)


def _select_code(predictions: Predictions, column: int) -> Predictions:
    columns = slice(column, column + 1)
    return replace(
        predictions,
        codes=predictions.codes[columns],
        truth=predictions.truth[:, columns],
        evaluated=predictions.evaluated[:, columns],
        score=predictions.score[:, columns],
        chosen=predictions.chosen[:, columns],
    )


def _work_columns(work: WorkSaved) -> dict[str, Any]:
    return {"units": work.units, "codings": work.total, "read": work.read, "unread": work.unread, "wss": work.wss}


def _mean_columns(by_code: Sequence[WorkSaved]) -> dict[str, Any]:
    """Return the mean over codes, each weighted by its codings; sentences read is a mean too."""
    total = sum(work.total for work in by_code)
    if not total:
        return {"units": 0, "codings": 0, "read": None, "unread": None, "wss": None}
    read = sum(work.total * (work.read or 0) for work in by_code) / total
    unread = sum(work.total * (work.unread or 0) for work in by_code) / total
    return {
        # Codes of families that are not finished everywhere have fewer units.
        "units": max(work.units for work in by_code),
        "codings": total,
        "read": round(read),
        "unread": unread,
        "wss": unread - (1 - RECALL_TARGET),
    }
