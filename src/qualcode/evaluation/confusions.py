"""Pairs of codes that are easily confused: sentences with one code that the learner takes for another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.evaluation_data import (
    EvaluationData,
    code_columns,
    list_missing,
    load_evaluation_data,
    load_learner_predictions,
)
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.metrics import Predictions
from qualcode.suggest.metrics.array_types import Flags, Indices

if TYPE_CHECKING:
    import pandas as pd

CONFUSION_COLUMNS = "code_a code_b count a_like_b b_like_a sentences share examples_a examples_b unit coder".split()
MAX_EXAMPLES = 2


def find_confusions(
    study: Study, *, coder: str | None, code: Sequence[str], top: int
) -> tuple[pd.DataFrame, list[str]]:
    """Return pairs of codes by how often one is taken for the other, with notes on what was compared."""
    from qualcode.tables import make_frame

    selected = select_code_ids(study.codebook, code)
    data = load_evaluation_data(study, coder)
    predictions = load_learner_predictions(data)
    columns = set(code_columns(data, selected))
    pairs = [pair for pair in combinations(range(len(predictions.codes)), 2) if columns & set(pair)]
    rows = [row for a, b in pairs if (row := _confusion_row(data, predictions, a, b))["count"]]
    # Ids break ties, so that the rows cut off by ``top`` do not depend on the codebook's order.
    rows.sort(key=lambda row: (-row["count"], -row["share"], row["code_a"], row["code_b"]))
    notes = [*_confusion_notes(data, predictions), *list_missing(predictions)]
    if not rows:
        notes.append("no pairs: no sentence with one code would be suggested for another with a higher probability")
    return make_frame(rows[:top], CONFUSION_COLUMNS), notes


def find_confused_units(predictions: Predictions, a: int, b: int) -> Flags:
    """Return which units have code ``a`` and not ``b``, but a higher score for ``b``, which would be suggested.

    Shape (units,); ``a`` and ``b`` are columns. Only units with both cells evaluated count.
    """
    evaluated = predictions.evaluated[:, a] & predictions.evaluated[:, b]
    only_a = evaluated & predictions.truth[:, a] & ~predictions.truth[:, b]
    return np.asarray(only_a & predictions.chosen[:, b] & (predictions.score[:, b] > predictions.score[:, a]))


def _confusion_row(data: EvaluationData, predictions: Predictions, a: int, b: int) -> dict[str, Any]:
    a_like_b, b_like_a = find_confused_units(predictions, a, b), find_confused_units(predictions, b, a)
    evaluated = predictions.evaluated[:, a] & predictions.evaluated[:, b]
    sentences = int((evaluated & (predictions.truth[:, a] ^ predictions.truth[:, b])).sum())
    count = int(a_like_b.sum() + b_like_a.sum())
    return {
        "code_a": predictions.codes[a],
        "code_b": predictions.codes[b],
        "count": count,
        "a_like_b": int(a_like_b.sum()),
        "b_like_a": int(b_like_a.sum()),
        "sentences": sentences,
        "share": round(count / sentences, 4) if sentences else None,
        "examples_a": " | ".join(_format_examples(data, predictions, np.flatnonzero(a_like_b), a, b)),
        "examples_b": " | ".join(_format_examples(data, predictions, np.flatnonzero(b_like_a), b, a)),
        "unit": "sentence",
        "coder": data.coder,
    }


def _format_examples(
    data: EvaluationData, predictions: Predictions, units: Indices, own: int, other: int
) -> Iterator[str]:
    """Yield the sentences whose score for the other code exceeds that for their own most."""
    corpus = data.corpus
    excess = predictions.score[units, other] - predictions.score[units, own]
    for unit in units[np.argsort(-excess, kind="stable")][:MAX_EXAMPLES]:
        yield f"{corpus.transcripts[corpus.transcript[unit]]}: “{' '.join(corpus.texts[unit].split())}”"


def _confusion_notes(data: EvaluationData, predictions: Predictions) -> Iterator[str]:
    yield f"unit sentence; coder {data.coder}; {data.describe_base(predictions)}"
    yield (
        "a_like_b: sentences with code_a and without code_b for which code_b would be suggested, with a higher "
        "probability than code_a; share: both directions, of all sentences with exactly one of the two codes"
    )
