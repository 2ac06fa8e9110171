"""Bootstrap over groups: how often each transcript or case is drawn in each replicate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qualcode.errors import UsageError, check_positive, name_option

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Resampling:
    """Number of bootstrap replicates, seed of the random generator, and the share of replicates within an interval."""

    replicates: int = 2000
    seed: int = 0
    level: float = 0.95


def make_resampling(*, replicates: int, confidence: float, seed: int) -> Resampling:
    """Return the resampling that a user asks for.

    Raises
    ------
    UsageError
        If there are no replicates, the level is not between 0 and 1, or the seed is negative.
    """
    check_positive("replicates", replicates)
    check_confidence(confidence)
    check_seed(seed)
    return Resampling(replicates=replicates, seed=seed, level=confidence)


def check_confidence(confidence: float) -> None:
    """Check the level of an interval.

    Raises
    ------
    UsageError
        If it is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise UsageError(f"{name_option('confidence')}: must be a number between 0 and 1, not {confidence}")


def check_seed(seed: int) -> None:
    """Check the seed of random numbers.

    Raises
    ------
    UsageError
        If it is negative.
    """
    if seed < 0:
        raise UsageError(f"seed: must be at least 0, not {seed}")


def draw_groups(filled_groups: Floats | Flags, resampling: Resampling = Resampling(), *, stream: int = 0) -> Floats:
    """Draw as many groups as are filled, with replacement, and return how often each was drawn.

    Draws of another ``stream`` are independent, as two samples that are compared need.

    Returns
    -------
    ndarray of float, shape (replicates, groups)
        Whole numbers; each row adds up to the number of filled groups.
    """
    filled = np.asarray(filled_groups, dtype=bool)
    count = int(filled.sum())
    weights = np.zeros((resampling.replicates, len(filled)))
    if count:
        weights[:, filled] = _draw(count, resampling, stream)
    return weights


@lru_cache(maxsize=4)
def _draw(count: int, resampling: Resampling, stream: int) -> Floats:
    """Return the draws of ``count`` groups; kept, since all codes of a study are drawn alike."""
    generator = np.random.default_rng([resampling.seed, stream] if stream else resampling.seed)
    return generator.multinomial(count, np.full(count, 1 / count), size=resampling.replicates).astype(np.float64)
