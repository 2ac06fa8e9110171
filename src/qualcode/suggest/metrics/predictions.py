"""Scores and suggestions for held-out units next to the codings of a person, as units x codes matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qualcode.errors import OperationError, UsageError
from qualcode.model import SamplingUnit
from qualcode.suggest.metrics.array_types import Flags, Floats, Indices, Ints
from qualcode.suggest.metrics.precision_recall import PredictionCounts


class ShapeMismatch(UsageError):
    """The arrays of predictions do not fit each other, or a value is out of range."""

    def __init__(self, column: str, found: object, expected: object) -> None:
        super().__init__(f"'{column}' of the predictions has {found}, expected {expected}")


class DifferentUnits(OperationError):
    """Two sets of predictions that are compared unit by unit differ in their units, codes or codings."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"cannot compare two sets of predictions: they have different {what}; evaluate both on the same units"
        )


@dataclass(frozen=True)
class Predictions:
    """What a scoring method predicted for units it was not trained on, next to what people coded.

    A *cell* is a unit and a code. Only evaluated cells count: an uncoded cell of a transcript that the coder has not
    finished for the code's family is missing, not negative.

    Raises
    ------
    ShapeMismatch
        If a matrix is not units x codes, an index has no transcript, or a score is not from 0 to 1.
    """

    codes: tuple[str, ...]
    """K ids, ``family/code``."""
    transcripts: tuple[str, ...]
    """T names of what is resampled: transcripts, or cases where a case has several transcripts."""
    transcript: Indices
    """Of each unit, its index in ``transcripts``, shape (units,)."""
    truth: Flags
    """What people coded, shape (units, K)."""
    evaluated: Flags
    """Where the coder has finished the code's family, shape (units, K)."""
    score: Floats
    """From 0 to 1, shape (units, K)."""
    chosen: Flags
    """Scores at or above the threshold, which was chosen without these units, shape (units, K)."""
    sampling_unit: SamplingUnit = "transcripts"
    """What ``transcripts`` names."""

    def __post_init__(self) -> None:
        shape = (len(self.transcript), len(self.codes))
        for name in ("truth", "evaluated", "score", "chosen"):
            if getattr(self, name).shape != shape:
                raise ShapeMismatch(name, f"the shape {getattr(self, name).shape}", f"{shape} (units, codes)")
        if not _is_within(self.transcript, 0, len(self.transcripts) - 1):
            expected = f"indices into {len(self.transcripts)} {self.sampling_unit}"
            raise ShapeMismatch("transcript", "an index out of range", expected)
        if not _is_within(self.score, 0, 1):
            raise ShapeMismatch("score", "a value out of range", "numbers from 0 to 1")

    @cached_property
    def coded(self) -> Flags:
        """Evaluated cells that a person coded, shape (units, K)."""
        return self.truth & self.evaluated

    @cached_property
    def suggested(self) -> Flags:
        """Evaluated cells that are suggested to a person, shape (units, K)."""
        return self.chosen & self.evaluated

    @cached_property
    def counts(self) -> PredictionCounts:
        """Counts of evaluated cells by transcript and code, shape (transcripts, codes).

        They add up over transcripts: the counts of parts are the counts of the whole.

        Examples
        --------
        Four units in two transcripts. In the first one coding was suggested and one was not; in the second a suggestion
        is wrong, and another one is not counted because its cell is not evaluated.

        >>> truth, chosen = np.array([[1], [1], [0], [0]], dtype=bool), np.array([[1], [0], [1], [1]], dtype=bool)
        >>> evaluated, transcript = np.array([[1], [1], [1], [0]], dtype=bool), np.array([0, 0, 1, 1])
        >>> counts = Predictions(("f/a",), ("S1", "S2"), transcript, truth, evaluated, chosen * 0.9, chosen).counts
        >>> counts.true_positives.T, counts.false_positives.T, counts.false_negatives.T
        (array([[1, 0]]), array([[0, 1]]), array([[1, 0]]))
        """
        return PredictionCounts(
            _count_cells(self, self.suggested & self.coded),
            _count_cells(self, self.suggested & ~self.coded),
            _count_cells(self, self.coded & ~self.suggested),
        )


def compare_coders(
    codes: Sequence[str],
    *,
    transcripts: Sequence[str],
    transcript: Indices,
    evaluated: Flags,
    first: Flags,
    second: Flags,
) -> Predictions:
    """Return the second coder's codings as predictions of the first one's: the second-coder benchmark.

    Parameters
    ----------
    codes, transcripts, transcript
        As in `Predictions`.
    evaluated
        Where both have finished the code's family, shape (units, K).
    first, second
        What each of them coded, shape (units, K).

    Returns
    -------
    Predictions
        Exchanging the coders exchanges precision and recall; F1 stays the same.

    Examples
    --------
    The first coded two units, the second one of them.

    >>> second, first = np.array([[True], [False]]), np.array([[True], [True]])
    >>> benchmark = compare_coders(
    ...     ["f/a"], transcripts=["S"], transcript=np.array([0, 0]), evaluated=first, first=first, second=second
    ... )
    >>> int(benchmark.coded.sum()), int(benchmark.suggested.sum())
    (2, 1)
    """
    score = second.astype(np.float64)
    return Predictions(tuple(codes), tuple(transcripts), transcript, first, evaluated, score, second)


def check_same_units(ours: Predictions, other: Predictions) -> None:
    """Check that two sets of predictions have the same units, codes and codings.

    Raises
    ------
    DifferentUnits
        If they differ in codes, transcripts, units, evaluated cells or codings.
    """
    for what in ("codes", "transcripts"):
        if getattr(ours, what) != getattr(other, what):
            raise DifferentUnits(what)
    # ``coded`` rather than ``truth``: codings in cells that are not evaluated may differ.
    for column, what in (("transcript", "units"), ("evaluated", "evaluated cells"), ("coded", "codings")):
        if not np.array_equal(getattr(ours, column), getattr(other, column)):
            raise DifferentUnits(what)


def _count_cells(predictions: Predictions, cells: Flags) -> Ints:
    """Return the number of selected cells by transcript and code, shape (transcripts, codes)."""
    unit, code = np.nonzero(cells)
    shape = (len(predictions.transcripts), len(predictions.codes))
    flat_index = predictions.transcript[unit] * shape[1] + code
    return np.bincount(flat_index, minlength=shape[0] * shape[1]).reshape(shape)


def _is_within(values: Indices | Floats, low: int, high: int) -> bool:
    """Return whether all values are from low to high: true of an empty array, false of NaN."""
    return not values.size or bool(values.min() >= low and values.max() <= high)
