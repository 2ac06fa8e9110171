"""Sums by transcript or case, from which statistics and their bootstrap replicates are computed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Self

import numpy as np

from qualcode.agreement.rating_patterns import Floats


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Sums over units, each with the same leading axes: (groups,), none for the whole, or (replicates,).

    Sums over groups add up, so that a bootstrap over groups is a product of weights and sums. Fields named in
    ``between_groups`` are sums over pairs of units of two groups, shape (groups, groups, ...).
    """

    between_groups: ClassVar[frozenset[str]] = frozenset()

    @property
    def sampled_by(self) -> Floats:
        """What a group must have to be drawn, shape (groups,): the first field."""
        first: Floats = getattr(self, fields(self)[0].name)
        return first

    @property
    def filled_groups(self) -> Floats:
        """1 for groups that the bootstrap draws from, else 0; shape (groups,)."""
        return (self.sampled_by > 0).astype(np.float64)

    @property
    def size(self) -> int:
        """How many numbers it holds: how much memory a replicate needs."""
        return sum(np.size(getattr(self, field.name)) for field in fields(self))

    def combine(self, weights: Floats) -> Self:
        """Return sums over groups, each taken ``weights`` times, shape (groups,) or (replicates, groups)."""
        return type(self)(*(self._combine(field.name, weights) for field in fields(self)))

    def total(self) -> Self:
        """Return the sums over all groups."""
        return self.combine(np.ones(len(self.sampled_by)))

    def _combine(self, name: str, weights: Floats) -> Floats:
        combined = np.tensordot(weights, getattr(self, name), 1)
        if name in self.between_groups:
            axes = weights.reshape(weights.shape + (1,) * (combined.ndim - weights.ndim))
            combined = np.sum(combined * axes, axis=weights.ndim - 1)
        return np.asarray(combined, dtype=np.float64)
