"""The most surprising codings and gaps by the held-out probabilities of the learner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.anchors import turn_at
from qualcode.evaluation.coding_probabilities import (
    CodingProbabilities,
    coding_probabilities_note,
    compute_coding_probabilities,
    compute_surprise,
)
from qualcode.evaluation.evaluation_data import code_columns, list_missing
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.metrics.array_types import Indices

if TYPE_CHECKING:
    import pandas as pd

SURPRISE_COLUMNS = (
    "kind transcript turn start end quote code coded probability surprise coder at coding why unit".split()
)
# Below it no code is likely, and naming the most probable one would mislead.
_MIN_LIKELY_PROBABILITY = 0.05
_COLUMN_NOTES = (
    "a coding is surprising if the learner, trained without its transcript, gives the code a low probability; a gap is "
    "a sentence without a code that has a high probability; surprise is in bits: 1 for a probability of .5, 2 for .25",
    "most surprising codings are right but unusual: read them again, they are not a list of mistakes",
)


def find_surprises(study: Study, *, coder: str | None, code: Sequence[str], top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the most surprising codings and gaps, with notes on what was compared."""
    from qualcode.tables import make_frame

    selected = select_code_ids(study.codebook, code)
    result = compute_coding_probabilities(study, coder)
    columns = code_columns(result.data, selected)
    rows = [*_coding_rows(result, columns, top), *_gap_rows(result, columns, top)]
    return make_frame(rows, SURPRISE_COLUMNS), [
        coding_probabilities_note(result),
        *_COLUMN_NOTES,
        *list_missing(result.predictions),
    ]


def _coding_rows(result: CodingProbabilities, columns: Sequence[int], top: int) -> Iterator[dict[str, Any]]:
    """Yield the codings with the lowest probabilities."""
    probability, selected = result.probability, set(columns)
    order = [index for index in np.argsort(probability, kind="stable") if result.columns[index] in selected]
    for index in order[:top]:
        coding = result.codings[index]
        yield {
            "kind": "coding",
            **_position_columns(result, coding.transcript, coding.start, coding.end),
            "code": coding.code,
            "coded": True,
            **_probability_columns(probability[index], coded=True),
            "coder": coding.coder,
            "at": coding.at,
            "coding": coding.id,
            "why": _explain_coding(result, result.units[index], result.columns[index]),
        }


def _gap_rows(result: CodingProbabilities, columns: Sequence[int], top: int) -> Iterator[dict[str, Any]]:
    """Yield the uncoded cells with the highest probabilities."""
    predictions, corpus = result.predictions, result.data.corpus
    uncoded = predictions.evaluated & ~predictions.truth & np.isin(np.arange(len(predictions.codes)), columns)
    units, codes = np.nonzero(uncoded)
    probability = predictions.score[units, codes]
    for index in np.argsort(-probability, kind="stable")[:top]:
        unit, column = int(units[index]), int(codes[index])
        position = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), int(corpus.end[unit])
        yield {
            "kind": "gap",
            **_position_columns(result, *position),
            "code": predictions.codes[column],
            "coded": False,
            **_probability_columns(probability[index], coded=False),
            "coder": result.data.coder,
            "at": "",
            "coding": "",
            "why": _explain_gap(result, unit, column),
        }


def _position_columns(result: CodingProbabilities, transcript: str, start: int, end: int) -> dict[str, Any]:
    source = result.data.study.transcripts[transcript]
    turn = turn_at(source, start)
    return {
        "transcript": transcript,
        "turn": turn.index if turn else None,
        "start": start,
        "end": end,
        "quote": source.text[start:end],
        "unit": "sentence",
    }


def _probability_columns(probability: float, *, coded: bool) -> dict[str, float]:
    # For a gap, the surprising outcome is that the code was not given.
    decided = probability if coded else 1 - probability
    return {"probability": round(float(probability), 4), "surprise": round(float(compute_surprise(decided)), 2)}


def _explain_coding(result: CodingProbabilities, units: Indices, column: int) -> str:
    """Return which code the learner finds most likely in the sentences of a coding."""
    predictions = result.predictions
    probability = predictions.score[units].max(axis=0)
    best = int(probability.argmax())
    if probability[best] < _MIN_LIKELY_PROBABILITY:
        return "no code is likely here"
    if best == column:
        return "no other code is likelier"
    also_coded = ", which it has too" if predictions.truth[units, best].any() else ""
    return f"{predictions.codes[best]} is likelier ({probability[best]:.2f}){also_coded}"


def _explain_gap(result: CodingProbabilities, unit: int, column: int) -> str:
    """Return which codes a sentence has, and whether a neighbouring sentence has the likely code."""
    predictions, corpus = result.predictions, result.data.corpus
    coded = [predictions.codes[other] for other in np.flatnonzero(predictions.truth[unit])]
    neighbours = [neighbour for neighbour in (corpus.before[unit], corpus.after[unit]) if neighbour >= 0]
    near = "; the sentence beside it has the code" if predictions.truth[neighbours, column].any() else ""
    return (f"coded {', '.join(coded)}" if coded else "not coded at all") + near
