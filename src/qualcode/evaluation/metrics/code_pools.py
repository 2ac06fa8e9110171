"""What a number is about: one code, a family, all codes pooled, or the mean over codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qualcode.evaluation.metrics.array_types import Ints
from qualcode.model import family_of

Level = Literal["code", "family", "all", "mean"]


@dataclass(frozen=True, slots=True)
class Pool:
    """Codes whose cells are laid together (code, family, all), or whose numbers are averaged (mean)."""

    level: Level
    id: str
    columns: tuple[int, ...]


def list_pools(codes: Sequence[str]) -> tuple[Pool, ...]:
    """Return a pool for each code, each family, all codes, and the mean over codes, in this order.

    >>> [(pool.level, pool.id, pool.columns) for pool in pools(["f/a", "f/b"])]
    [('code', 'f/a', (0,)), ('code', 'f/b', (1,)), ('family', 'f', (0, 1)), ('all', '', (0, 1)), ('mean', '', (0, 1))]
    """
    families: dict[str, list[int]] = {}
    for column, code in enumerate(codes):
        families.setdefault(family_of(code), []).append(column)
    every = tuple(range(len(codes)))
    return (
        *(Pool("code", code, (column,)) for column, code in enumerate(codes)),
        *(Pool("family", family, tuple(columns)) for family, columns in families.items()),
        Pool("all", "", every),
        Pool("mean", "", every),
    )


def membership_matrix(found: Sequence[Pool], codes: int) -> Ints:
    """Return codes x pools: 1 where a code is in a pool."""
    member = np.zeros((codes, len(found)), dtype=np.int64)
    for place, pool in enumerate(found):
        member[list(pool.columns), place] = 1
    return member
