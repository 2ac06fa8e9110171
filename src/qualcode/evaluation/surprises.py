"""Codings and gaps that surprise a learner trained without their transcript, and whether they grow over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.anchors import turn_at
from qualcode.evaluation.coding_probabilities import CodingProbabilities, compute_coding_probabilities, compute_surprise
from qualcode.evaluation.evaluation_data import code_columns
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Places = NDArray[np.intp]

SURPRISE_COLUMNS = (
    "kind transcript turn start end quote code coded probability surprise coder at coding why unit".split()
)
_MIN_LIKELY_PROBABILITY = 0.05


def find_surprises(study: Study, *, coder: str | None, code: Sequence[str], top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the most surprising codings and gaps, and what they were found among."""
    from qualcode.tables import make_frame

    only = select_code_ids(study.codebook, code)
    found = compute_coding_probabilities(study, coder)
    wanted = code_columns(found.data, only)
    lines = [*_coding_rows(found, wanted, top), *_gap_rows(found, wanted, top)]
    return make_frame(lines, SURPRISE_COLUMNS), [surprise_note(found), *_COLUMN_NOTES]


_COLUMN_NOTES = (
    "a coding is surprising where the learner, trained without its transcript, finds the code unlikely; a gap is a "
    "sentence without a code that it finds likely; surprise is in bits: 1 for a probability of .5, 2 for .25",
    "most of them are right and merely unusual: read them, they are no list of mistakes",
)


def surprise_note(found: CodingProbabilities) -> str:
    judged = found.predictions
    units = int(judged.asked.any(axis=1).sum())
    return (
        f"unit sentence (a coding of several counts as its likeliest); coder {found.data.training_set.coder}; "
        f"{len(found.codings):,} codings, {units:,} participants' sentences of {len(found.data.finished_groups)} finished "
        f"{judged.sampling_unit}, each judged after learning from others alone"
    )


def _coding_rows(found: CodingProbabilities, wanted: Sequence[int], top: int) -> Iterator[dict[str, Any]]:
    probability = found.probability
    order = [place for place in np.argsort(probability, kind="stable") if found.columns[place] in set(wanted)]
    for place in order[:top]:
        coding, units = found.codings[place], found.units[place]
        yield {
            "kind": "coding",
            **_position_columns(found, coding.transcript, coding.start, coding.end),
            "code": coding.code,
            "coded": True,
            **_probability_columns(probability[place], coded=True),
            "coder": coding.coder,
            "at": coding.at,
            "coding": coding.id,
            "why": _explain_coding(found, units, found.columns[place]),
        }


def _gap_rows(found: CodingProbabilities, wanted: Sequence[int], top: int) -> Iterator[dict[str, Any]]:
    judged, corpus = found.predictions, found.data.training_set.labelled_corpus.corpus
    open_cells = judged.asked & ~judged.truth & np.isin(np.arange(len(judged.codes)), wanted)
    units, codes = np.nonzero(open_cells)
    likely = judged.score[units, codes]
    for place in np.argsort(-likely, kind="stable")[:top]:
        unit, column = int(units[place]), int(codes[place])
        where = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), int(corpus.end[unit])
        yield {
            "kind": "gap",
            **_position_columns(found, *where),
            "code": judged.codes[column],
            "coded": False,
            **_probability_columns(likely[place], coded=False),
            "coder": found.data.training_set.coder,
            "at": "",
            "coding": "",
            "why": _explain_gap(found, unit, column),
        }


def _position_columns(found: CodingProbabilities, transcript: str, start: int, end: int) -> dict[str, Any]:
    source = found.data.study.transcripts[transcript]
    turn = turn_at(source, start)
    index = turn.index if turn else None
    return {
        "transcript": transcript,
        "turn": index,
        "start": start,
        "end": end,
        "quote": source.text[start:end],
        "unit": "sentence",
    }


def _probability_columns(probability: float, *, coded: bool) -> dict[str, float]:
    so = probability if coded else 1 - probability
    return {"probability": round(float(probability), 4), "surprise": round(float(compute_surprise(so)), 2)}


def _explain_coding(found: CodingProbabilities, units: Places, column: int) -> str:
    """Say what the learner would have expected of a coding's sentences in the place of its code."""
    judged = found.predictions
    own = {int(other) for other in np.flatnonzero(judged.truth[units].any(axis=0))}
    likely = judged.score[units].max(axis=0)
    best = int(likely.argmax())
    if best == column and likely[best] >= _MIN_LIKELY_PROBABILITY:
        return "no other code is likelier"
    if likely[best] < _MIN_LIKELY_PROBABILITY:
        return "no code is likely here"
    with_it = ", which it has too" if best in own else ""
    return f"{judged.codes[best]} is likelier ({likely[best]:.2f}){with_it}"


def _explain_gap(found: CodingProbabilities, unit: int, column: int) -> str:
    """Say what stands in the place of a likely code."""
    judged, corpus = found.predictions, found.data.training_set.labelled_corpus.corpus
    coded = [judged.codes[other] for other in np.flatnonzero(judged.truth[unit])]
    beside = [place for place in (corpus.before[unit], corpus.after[unit]) if place >= 0]
    near = "; the sentence beside it has the code" if judged.truth[beside, column].any() else ""
    return (f"coded {', '.join(coded)}" if coded else "not coded at all") + near
