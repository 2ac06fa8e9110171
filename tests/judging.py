"""Predictions for tests: drawn by hand as rows of marks, or by hypothesis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from qualcode.suggest.metrics import Predictions

CODES = ("f/a", "f/b", "g/c")


def marked(*rows: str, codes: Sequence[str] = CODES) -> Predictions:
    """Return predictions from rows like ``S1 x.- 9.1``: transcript, coded (x) or not evaluated (-), tenths of score.

    A score is written as its digit of tenths, ``.`` for none; from 5 on it is chosen.
    """
    cells = [row.split() for row in rows]
    names = tuple(dict.fromkeys(cell[0] for cell in cells))
    marks = np.array([list(cell[1]) for cell in cells]).reshape(len(rows), len(codes))
    score = np.array([[int(digit.replace(".", "0")) / 10 for digit in cell[2]] for cell in cells])
    score = score.reshape(len(rows), len(codes))
    return Predictions(
        codes=tuple(codes),
        transcripts=names,
        transcript=np.array([names.index(cell[0]) for cell in cells], dtype=np.intp),
        truth=marks == "x",
        evaluated=marks != "-",
        score=score,
        chosen=score >= 0.5,
    )


def random_judged(
    units: int = 300, *, codes: int = 5, transcripts: int = 12, seed: int = 0, evaluated: float = 1
) -> Predictions:
    """Return predictions with informative scores and many ties, a share of the cells evaluated."""
    generator = np.random.default_rng(seed)
    truth = generator.random((units, codes)) < 0.2
    score = np.clip(np.round(generator.normal(0.3 + 0.3 * truth, 0.2), 2), 0, 1)
    return Predictions(
        codes=tuple(f"{'fg'[number % 2]}/{number}" for number in range(codes)),
        transcripts=tuple(f"S{number}" for number in range(transcripts)),
        transcript=generator.integers(0, transcripts, units),
        truth=truth,
        evaluated=generator.random((units, codes)) < evaluated,
        score=score,
        chosen=score >= 0.5,
    )


@st.composite
def judgeds(draw: st.DrawFn) -> Predictions:
    """Generate up to twelve units of three codes in three transcripts, with many ties."""
    row = st.tuples(st.sampled_from(["S1", "S2", "S3"]), st.text("x..-", min_size=3, max_size=3))
    digits = st.text("014569", min_size=3, max_size=3)
    rows = draw(st.lists(st.tuples(row, digits), max_size=12))
    return marked(*(f"{name} {coded} {score}" for (name, coded), score in rows))


def shuffled(predictions: Predictions, order: Sequence[int]) -> Predictions:
    """Return the units in another order."""
    return picked(predictions, np.array(order, dtype=np.intp))


def picked(predictions: Predictions, units: NDArray[np.intp]) -> Predictions:
    """Return some of the units."""
    return Predictions(
        predictions.codes,
        predictions.transcripts,
        predictions.transcript[units],
        predictions.truth[units],
        predictions.evaluated[units],
        predictions.score[units],
        predictions.chosen[units],
    )
