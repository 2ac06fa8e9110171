"""Codes that are hard to tell apart: sentences with one code that look to the learner like another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation import Judged
from qualcode.project.choice import chosen_codes
from qualcode.project.judging import Bench, bench, columns, scores
from qualcode.project.making import LEARNER
from qualcode.project.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Places = NDArray[np.intp]

CONFUSION_COLUMNS = "code_a code_b count a_like_b b_like_a sentences share examples_a examples_b unit coder".split()
EXAMPLES = 2


def confusions(study: Study, *, coder: str | None, code: Sequence[str], top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return pairs of codes by how often one looks like the other, and what was compared."""
    from qualcode.tables import frame

    only = chosen_codes(study.book, code)
    on = bench(study, coder)
    judged = on.judged(scores(on, LEARNER, on.maker))
    wanted = set(columns(on, only))
    pairs = [pair for pair in combinations(range(len(judged.codes)), 2) if wanted & set(pair)]
    lines = [line for a, b in pairs if (line := _line(on, judged, a, b))["count"]]
    lines.sort(key=lambda line: (-line["count"], -line["share"], line["code_a"], line["code_b"]))
    return frame(lines[:top], CONFUSION_COLUMNS), list(_said(on, judged))


def like(judged: Judged, a: int, b: int) -> Flags:
    """Return which sentences have ``a`` and not ``b``, but look more like ``b``, which would have been suggested."""
    both = judged.asked[:, a] & judged.asked[:, b]
    only_a = both & judged.truth[:, a] & ~judged.truth[:, b]
    return np.asarray(only_a & judged.chosen[:, b] & (judged.score[:, b] > judged.score[:, a]))


def _line(on: Bench, judged: Judged, a: int, b: int) -> dict[str, Any]:
    a_like_b, b_like_a = like(judged, a, b), like(judged, b, a)
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
        "coder": on.held.coder,
    }


def _examples(on: Bench, judged: Judged, units: Places, own: int, other: int) -> Iterator[str]:
    """Yield the sentences that look most like the other code."""
    corpus = on.held.lesson.corpus
    further = judged.score[units, other] - judged.score[units, own]
    for unit in units[np.argsort(-further, kind="stable")][:EXAMPLES]:
        yield f"{corpus.transcripts[corpus.transcript[unit]]}: “{' '.join(corpus.texts[unit].split())}”"


def _said(on: Bench, judged: Judged) -> Iterator[str]:
    units = int(judged.asked.any(axis=1).sum())
    yield (
        f"unit sentence; coder {on.held.coder}; {units:,} participants' sentences of {len(on.finished)} finished "
        f"{judged.sampled}, each judged after learning from others alone"
    )
    yield (
        "a_like_b: sentences with code_a and without code_b for which code_b would be suggested, as the likelier; "
        "share: both ways, of all sentences with exactly one of the two"
    )
