"""Pools of codes that a number is computed for: one code, a family, all codes, or the mean over codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qualcode.model import family_of
from qualcode.suggest.metrics.array_types import Ints

Level = Literal["code", "family", "all", "mean"]


@dataclass(frozen=True, slots=True)
class Pool:
    """Codes whose cells are added up (code, family, all), or whose numbers are averaged (mean)."""

    level: Level
    id: str
    """Id of the code or family; empty for all and mean."""
    columns: tuple[int, ...]
    """Columns of the codes in the matrices of units x codes."""


def list_pools(codes: Sequence[str]) -> tuple[Pool, ...]:
    """Return a pool for each code, each family, all codes, and the mean over codes, in this order.

    >>> [(pool.level, pool.id, pool.columns) for pool in list_pools(["f/a", "f/b"])]
    [('code', 'f/a', (0,)), ('code', 'f/b', (1,)), ('family', 'f', (0, 1)), ('all', '', (0, 1)), ('mean', '', (0, 1))]
    """
    families: dict[str, list[int]] = {}
    for column, code in enumerate(codes):
        families.setdefault(family_of(code), []).append(column)
    all_columns = tuple(range(len(codes)))
    return (
        *(Pool("code", code, (column,)) for column, code in enumerate(codes)),
        *(Pool("family", family, tuple(columns)) for family, columns in families.items()),
        Pool("all", "", all_columns),
        Pool("mean", "", all_columns),
    )


def membership_matrix(pools: Sequence[Pool], code_count: int) -> Ints:
    """Return 1 where a code is in a pool, else 0, shape (codes, pools)."""
    member = np.zeros((code_count, len(pools)), dtype=np.int64)
    for index, pool in enumerate(pools):
        member[list(pool.columns), index] = 1
    return member
