"""Bootstrap over groups: how often each transcript or case is drawn in each replicate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Resampling:
    """Number of bootstrap replicates, seed of the random generator, and the share of replicates within an interval."""

    replicates: int = 2000
    seed: int = 0
    level: float = 0.95


def draw_groups(filled_groups: Floats | Flags, resampling: Resampling = Resampling()) -> Floats:
    """Draw as many groups as are filled, with replacement, and return how often each was drawn.

    Returns
    -------
    ndarray of float, shape (replicates, groups)
        Whole numbers; each row adds up to the number of filled groups.
    """
    filled = np.asarray(filled_groups, dtype=bool)
    count = int(filled.sum())
    weights = np.zeros((resampling.replicates, len(filled)))
    if count:
        weights[:, filled] = _draw(count, resampling)
    return weights


@lru_cache(maxsize=4)
def _draw(count: int, resampling: Resampling) -> Floats:
    """Return the draws of ``count`` groups; kept, since all codes of a study are drawn alike."""
    generator = np.random.default_rng(resampling.seed)
    return generator.multinomial(count, np.full(count, 1 / count), size=resampling.replicates).astype(np.float64)
