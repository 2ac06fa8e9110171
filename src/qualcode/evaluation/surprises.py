"""The most surprising codings and gaps by the held-out probabilities of the learner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.anchors import turn_at
from qualcode.errors import format_count
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
_EVEN = 0.5
"""Only what was less likely than not, by more than one bit, is a surprise."""
_COLUMN_NOTES = (
    "a coding is surprising if the learner, trained without its transcript, gives the code a low probability; a gap is "
    "a sentence without a code that has a high probability; surprise is in bits: 1 for a probability of .5, 2 for .25",
    "most surprising codings are right but unusual: read them again, they are not a list of mistakes",
)


def find_surprises(study: Study, *, coder: str | None, code: Sequence[str], top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the most surprising of the codings and gaps that were less likely than not, with notes on the base."""
    from qualcode.tables import make_frame

    selected = select_code_ids(study.codebook, code)
    result = compute_coding_probabilities(study, coder)
    columns = code_columns(result.data, selected)
    codings, gaps = list(_find_codings(result, columns)), _find_gaps(result, columns)
    rows = [*_coding_rows(result, codings[:top]), *_gap_rows(result, gaps[:top])]
    return make_frame(rows, SURPRISE_COLUMNS), [
        coding_probabilities_note(result),
        f"shown: {min(top, len(codings)):,} of {format_count(len(codings), 'coding')} with a probability below .5, "
        f"{min(top, len(gaps)):,} of {format_count(len(gaps), 'gap')} with one above .5",
        *_COLUMN_NOTES,
        *list_missing(result.predictions),
    ]


def _find_codings(result: CodingProbabilities, columns: Sequence[int]) -> Iterator[int]:
    """Yield the positions of the surprising codings with codes of these columns, the lowest probability first."""
    probability, selected = result.probability, set(columns)
    for index in np.argsort(probability, kind="stable"):
        if result.columns[index] in selected and probability[index] < _EVEN:
            yield int(index)


def _coding_rows(result: CodingProbabilities, codings: Sequence[int]) -> Iterator[dict[str, Any]]:
    probability = result.probability
    for index in codings:
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


def _find_gaps(result: CodingProbabilities, columns: Sequence[int]) -> list[tuple[int, int]]:
    """Return unit and column of the surprising uncoded cells, the highest probability first."""
    predictions = result.predictions
    uncoded = predictions.evaluated & ~predictions.truth & np.isin(np.arange(len(predictions.codes)), columns)
    units, codes = np.nonzero(uncoded & (predictions.score > _EVEN))
    order = np.argsort(-predictions.score[units, codes], kind="stable")
    return [(int(units[index]), int(codes[index])) for index in order]


def _gap_rows(result: CodingProbabilities, gaps: Sequence[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    predictions, corpus = result.predictions, result.data.corpus
    for unit, column in gaps:
        position = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), int(corpus.end[unit])
        yield {
            "kind": "gap",
            **_position_columns(result, *position),
            "code": predictions.codes[column],
            "coded": False,
            **_probability_columns(float(predictions.score[unit, column]), coded=False),
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
