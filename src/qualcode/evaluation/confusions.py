"""Codes that are hard to tell apart: sentences with one code that look to the learner like another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.evaluation_data import (
    EvaluationData,
    code_columns,
    load_evaluation_data,
    load_or_compute_scores,
)
from qualcode.evaluation.metrics import Predictions
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import LEARNER

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Places = NDArray[np.intp]

CONFUSION_COLUMNS = "code_a code_b count a_like_b b_like_a sentences share examples_a examples_b unit coder".split()
MAX_EXAMPLES = 2


def find_confusions(
    study: Study, *, coder: str | None, code: Sequence[str], top: int
) -> tuple[pd.DataFrame, list[str]]:
    """Return pairs of codes by how often one looks like the other, and what was compared."""
    from qualcode.tables import make_frame

    only = select_code_ids(study.codebook, code)
    on = load_evaluation_data(study, coder)
    judged = on.to_predictions(load_or_compute_scores(on, LEARNER, on.make_learner_method))
    wanted = set(code_columns(on, only))
    pairs = [pair for pair in combinations(range(len(judged.codes)), 2) if wanted & set(pair)]
    lines = [line for a, b in pairs if (line := _confusion_row(on, judged, a, b))["count"]]
    lines.sort(key=lambda line: (-line["count"], -line["share"], line["code_a"], line["code_b"]))
    return make_frame(lines[:top], CONFUSION_COLUMNS), list(_confusion_notes(on, judged))


def find_confused_units(judged: Predictions, a: int, b: int) -> Flags:
    """Return which sentences have ``a`` and not ``b``, but look more like ``b``, which would have been suggested."""
    both = judged.asked[:, a] & judged.asked[:, b]
    only_a = both & judged.truth[:, a] & ~judged.truth[:, b]
    return np.asarray(only_a & judged.chosen[:, b] & (judged.score[:, b] > judged.score[:, a]))


def _confusion_row(on: EvaluationData, judged: Predictions, a: int, b: int) -> dict[str, Any]:
    a_like_b, b_like_a = find_confused_units(judged, a, b), find_confused_units(judged, b, a)
    both = judged.asked[:, a] & judged.asked[:, b]
    sentences = int((both & (judged.truth[:, a] ^ judged.truth[:, b])).sum())
    count = int(a_like_b.sum() + b_like_a.sum())
    return {
        "code_a": judged.codes[a],
        "code_b": judged.codes[b],
        "count": count,
        "a_like_b": int(a_like_b.sum()),
        "b_like_a": int(b_like_a.sum()),
        "sentences": sentences,
        "share": round(count / sentences, 4) if sentences else None,
        "examples_a": " | ".join(_examples(on, judged, np.flatnonzero(a_like_b), a, b)),
        "examples_b": " | ".join(_examples(on, judged, np.flatnonzero(b_like_a), b, a)),
        "unit": "sentence",
        "coder": on.training_set.coder,
    }


def _examples(on: EvaluationData, judged: Predictions, units: Places, own: int, other: int) -> Iterator[str]:
    """Yield the sentences that look most like the other code."""
    corpus = on.training_set.labelled_corpus.corpus
    further = judged.score[units, other] - judged.score[units, own]
    for unit in units[np.argsort(-further, kind="stable")][:MAX_EXAMPLES]:
        yield f"{corpus.transcripts[corpus.transcript[unit]]}: “{' '.join(corpus.texts[unit].split())}”"


def _confusion_notes(on: EvaluationData, judged: Predictions) -> Iterator[str]:
    units = int(judged.asked.any(axis=1).sum())
    yield (
        f"unit sentence; coder {on.training_set.coder}; {units:,} participants' sentences of {len(on.finished_groups)} finished "
        f"{judged.sampling_unit}, each judged after learning from others alone"
    )
    yield (
        "a_like_b: sentences with code_a and without code_b for which code_b would be suggested, as the likelier; "
        "share: both ways, of all sentences with exactly one of the two"
    )
