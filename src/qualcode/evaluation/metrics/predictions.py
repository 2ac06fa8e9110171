"""What is judged: what a maker said of units it had not learnt from, beside what people coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qualcode.errors import OperationError, UsageError
from qualcode.evaluation.metrics.array_types import Flags, Floats, Ints
from qualcode.evaluation.metrics.precision_recall import PredictionCounts
from qualcode.model import SamplingUnit


class ShapeMismatch(UsageError):
    """The columns of what is to be judged do not fit each other."""

    def __init__(self, column: str, found: object, wanted: object) -> None:
        super().__init__(f"{column} of what is to be judged: found {found}, wanted {wanted}")


class DifferentUnits(OperationError):
    """Two makers are to be compared unit by unit, but were judged over different units, codes or codings."""

    def __init__(self, what: str) -> None:
        super().__init__(f"cannot compare: the two were judged over different {what}; judge both over the same units")


@dataclass(frozen=True)
class Predictions:
    """What a maker said of units it had not learnt from, beside what people coded.

    A *cell* is a unit and a code. Only cells that were asked count: an uncoded cell of a transcript that the coder
    has not finished for the code's family says nothing.
    """

    codes: tuple[str, ...]
    """K ids, ``family/code``."""
    transcripts: tuple[str, ...]
    """T names of what is resampled: transcripts, or cases where a case has several."""
    transcript: NDArray[np.intp]
    """Of each unit, its place in ``transcripts``: shape (units,)."""
    truth: Flags
    """What people coded: shape (units, K)."""
    asked: Flags
    """Where the coder has finished the code's family: shape (units, K)."""
    score: Floats
    """From 0 to 1: shape (units, K)."""
    chosen: Flags
    """Scores at or above the threshold, which was chosen without these units: shape (units, K)."""
    sampling_unit: SamplingUnit = "transcripts"
    """What ``transcripts`` names."""

    def __post_init__(self) -> None:
        shape = (len(self.transcript), len(self.codes))
        for name in ("truth", "asked", "score", "chosen"):
            if getattr(self, name).shape != shape:
                raise ShapeMismatch(name, f"the shape {getattr(self, name).shape}", f"{shape}: units, codes")
        if not _is_within(self.transcript, 0, len(self.transcripts) - 1):
            raise ShapeMismatch(
                "transcript", "a place outside", f"places among {len(self.transcripts)} {self.sampling_unit}"
            )
        if not _is_within(self.score, 0, 1):
            raise ShapeMismatch("score", "a score outside", "numbers from 0 to 1")

    @cached_property
    def coded(self) -> Flags:
        """The codings: cells that a person coded and was asked about, shape (units, K)."""
        return self.truth & self.asked

    @cached_property
    def suggested(self) -> Flags:
        """The suggestions that a person sees: cells chosen where asked, shape (units, K)."""
        return self.chosen & self.asked

    @cached_property
    def counts(self) -> PredictionCounts:
        """Right, wrong and missed suggestions in each transcript, over the cells asked; counted once.

        In cells (units of analysis with a code), shape (transcripts, codes). They add up over transcripts, so that the
        counts of parts are the counts of the whole.

        Examples
        --------
        Four units in two transcripts. In the first one coding was suggested and one was not; in the second a suggestion
        is wrong, and another one is not counted because nobody was asked there.

        >>> truth, chosen = np.array([[1], [1], [0], [0]], dtype=bool), np.array([[1], [0], [1], [1]], dtype=bool)
        >>> asked, where = np.array([[1], [1], [1], [0]], dtype=bool), np.array([0, 0, 1, 1])
        >>> found = Judged(("f/a",), ("S1", "S2"), where, truth, asked, chosen * 0.9, chosen).counts
        >>> found.right.T, found.wrong.T, found.missed.T
        (array([[1, 0]]), array([[0, 1]]), array([[1, 0]]))
        """
        coded, suggested = self.coded, self.suggested
        return PredictionCounts(
            _count_cells(self, suggested & coded),
            _count_cells(self, suggested & ~coded),
            _count_cells(self, coded & ~suggested),
        )


def compare_coders(
    codes: Sequence[str],
    *,
    transcripts: Sequence[str],
    transcript: NDArray[np.intp],
    asked: Flags,
    first: Flags,
    second: Flags,
) -> Predictions:
    """Return the second coder's codings judged by the first one's: how well a person does, the human ceiling.

    Parameters
    ----------
    codes, transcripts, transcript
        As in `Predictions`.
    asked
        Where both have finished the code's family, shape (units, K).
    first, second
        What each of them coded, shape (units, K).

    Returns
    -------
    Judged
        Exchanging the coders exchanges precision and recall; F1 stays the same.

    Examples
    --------
    The first coded two units, the second one of them.

    >>> one, both, where = np.array([[True], [False]]), np.array([[True], [True]]), np.array([0, 0])
    >>> found = between_coders(["f/a"], transcripts=["S"], transcript=where, asked=both, first=both, second=one)
    >>> int(found.coded.sum()), int(found.suggested.sum())
    (2, 1)
    """
    score = second.astype(np.float64)
    return Predictions(tuple(codes), tuple(transcripts), transcript, first, asked, score, second)


def join_predictions(parts: Sequence[Predictions]) -> Predictions:
    """Return the units of several parts (the held-out parts of a cross-validation) as one; names say what is whose."""
    for part in parts[1:]:
        if part.codes != parts[0].codes:
            raise DifferentUnits("codes")
    names = tuple(dict.fromkeys(name for part in parts for name in part.transcripts))
    place = {name: position for position, name in enumerate(names)}
    return replace(
        parts[0],
        transcripts=names,
        transcript=np.concatenate([_transcript_indices(part, place) for part in parts]),
        truth=np.concatenate([part.truth for part in parts]),
        asked=np.concatenate([part.asked for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        chosen=np.concatenate([part.chosen for part in parts]),
    )


def check_same_units(ours: Predictions, other: Predictions) -> None:
    """Refuse to compare two that were not judged over the same units, codes and codings."""
    for what in ("codes", "transcripts"):
        if getattr(ours, what) != getattr(other, what):
            raise DifferentUnits(what)
    for column, what in (("transcript", "units"), ("asked", "questions"), ("coded", "codings")):
        if not np.array_equal(getattr(ours, column), getattr(other, column)):
            raise DifferentUnits(what)


def _count_cells(judged: Predictions, cells: Flags) -> Ints:
    """Return how many of some cells each transcript has of each code, shape (transcripts, codes)."""
    unit, code = np.nonzero(cells)
    shape = (len(judged.transcripts), len(judged.codes))
    place = judged.transcript[unit] * shape[1] + code
    return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)


def _transcript_indices(part: Predictions, place: dict[str, int]) -> NDArray[np.intp]:
    """Return the place of each unit's transcript among all names."""
    return np.array([place[name] for name in part.transcripts], dtype=np.intp)[part.transcript]


def _is_within(values: NDArray[np.intp] | Floats, low: int, high: int) -> bool:
    """Tell whether all values are from low to high; none at all are, what is no number is not."""
    return not values.size or bool(values.min() >= low and values.max() <= high)
