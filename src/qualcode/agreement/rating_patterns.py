"""Ratings reduced to distinct rows, with the number of times that each row occurs in each transcript or case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

MISSING = -1
"""The value of a rating that a coder was not asked for or did not give: not the same as "not coded", which is 0."""

_LARGEST_KEY = 2**62
_LARGEST_TABLE = 2**20


@dataclass(frozen=True, slots=True)
class RatingPatterns:
    """Distinct rows of ratings (patterns) and how often each occurs in each group.

    Attributes
    ----------
    values : ndarray of int, shape (patterns, coders)
        Values from 0 to ``n_values - 1``; -1 where the coder gave none.
    cell_group, cell_pattern : ndarray of int, shape (cells,)
        A group (transcript or case: what the bootstrap resamples) and a pattern that occurs in it.
    cell_count : ndarray of float, shape (cells,)
        How often: a number of units, or of characters. Whole numbers are exact up to 2 ** 53.
    n_values : int
        How many values coders could choose from, used or not: 2 for a code (not coded, coded).
    n_groups : int
    """

    values: Ints
    cell_group: Ints
    cell_pattern: Ints
    cell_count: Floats
    n_values: int
    n_groups: int

    @property
    def n_coders(self) -> int:
        """The number of columns."""
        return int(self.values.shape[1])

    @property
    def counts(self) -> Floats:
        """How often each pattern occurs in each group, shape (groups, patterns)."""
        counts = np.zeros((self.n_groups, len(self.values)))
        counts[self.cell_group, self.cell_pattern] = self.cell_count
        return counts

    @property
    def ratings(self) -> Ints:
        """The number of coders who rated a unit with this pattern, shape (patterns,)."""
        return np.asarray((self.values != MISSING).sum(axis=1), dtype=np.int64)

    def sum_by_group(self, amounts: Floats) -> Floats:
        """Return the sum over units of an amount of their pattern, shape (patterns,), for each group."""
        return add_up(self.cell_group, self.cell_count * amounts[self.cell_pattern], length=self.n_groups)

    def sum_by_value(self, amounts: Sequence[Floats], coder: int) -> list[Floats]:
        """Return the sums of `sum_by_group` for each value that one coder gave, each of shape (groups, values)."""
        value = self.values[self.cell_pattern, coder]
        rated = np.flatnonzero(value != MISSING)
        cell = self.cell_group[rated] * self.n_values + value[rated]
        count, pattern, length = self.cell_count[rated], self.cell_pattern[rated], self.n_groups * self.n_values
        return [add_up(cell, count * row[pattern], length=length).reshape(self.n_groups, -1) for row in amounts]

    def select_coders(self, coders: Sequence[int]) -> RatingPatterns:
        """Return the ratings of some coders only, in the order of their columns here."""
        patterns, position = np.unique(self.values[:, list(coders)], axis=0, return_inverse=True)
        cell_key = self.cell_group * len(patterns) + position.reshape(-1)[self.cell_pattern]
        cells, cell_count = _count_keys(cell_key, self.cell_count, size=self.n_groups * len(patterns))
        return RatingPatterns(
            patterns, cells // len(patterns), cells % len(patterns), cell_count, self.n_values, self.n_groups
        )


def build_patterns(
    ratings: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    lengths: ArrayLike | None = None,
    n_values: int | None = None,
    n_groups: int | None = None,
) -> RatingPatterns:
    """Reduce ratings to their distinct rows.

    Parameters
    ----------
    ratings : array_like of int, shape (units, coders)
        Values from 0, and -1 where missing. For one code: 0 not coded, 1 coded.
    groups : array_like of int, shape (units,), optional
        The number of the transcript or case of each unit, from 0; by default all are in one group.
    lengths : array_like of int, shape (units,), optional
        What a unit counts: its number of characters for agreement by character, where a unit is a stretch of text in
        which no reading changes. By default 1.
    n_values, n_groups : int, optional
        How many values and groups there are, used or not; by default as many as occur.

    Raises
    ------
    ValueError
        If the array has not two dimensions, or a value is below -1 or not below ``n_values``.

    Examples
    --------
    Three units, two of them alike:

    >>> patterns = build_patterns([[0, 1], [0, 0], [0, 1]])
    >>> patterns.values.tolist(), patterns.counts.tolist()
    ([[0, 0], [0, 1]], [[1.0, 2.0]])
    """
    rows = np.asarray(ratings, dtype=np.int64)
    values = _check_ratings(rows, n_values)
    group = np.zeros(len(rows), dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    group_count = n_groups or int(group.max(initial=0)) + 1
    amounts = None if lengths is None else np.asarray(lengths, dtype=np.float64)
    key, size = _row_keys(rows, values)
    is_renumbered = size != (values + 1) ** rows.shape[1] or group_count * size > _LARGEST_KEY
    if is_renumbered:
        _, first, key = np.unique(key, return_index=True, return_inverse=True)
        size = len(rows)
    cells, cell_count = _count_keys(group * size + key, amounts, size=group_count * size)
    keys, cell_pattern = np.unique(cells % max(size, 1), return_inverse=True)
    patterns = rows[first] if is_renumbered else _rows_of_keys(keys, values=values, coders=rows.shape[1])
    return RatingPatterns(patterns, cells // max(size, 1), cell_pattern, cell_count, values, group_count)


def add_up(position: Ints, amounts: Floats, *, length: int) -> Floats:
    """Return the sum of the amounts at each position, shape (length,)."""
    return np.bincount(position, amounts, minlength=length).astype(np.float64)


def _check_ratings(rows: Ints, n_values: int | None) -> int:
    """Return the number of values, or raise ValueError."""
    if rows.ndim != 2:
        raise ValueError(f"ratings have shape {rows.shape}; (units, coders) is needed")
    values = int(rows.max(initial=0)) + 1 if n_values is None else n_values
    if rows.size and (rows.min() < MISSING or rows.max() >= values):
        raise ValueError(f"ratings are from {rows.min()} to {rows.max()}; -1 (missing) to {values - 1} is needed")
    return values


def _row_keys(rows: Ints, values: int) -> tuple[Ints, int]:
    """Return one number per row, the same for equal rows, and a number above all of them."""
    base = values + 1
    key, size = np.zeros(len(rows), dtype=np.int64), 1
    for column in rows.T:
        if size * base > _LARGEST_KEY:  # renumbered: with many values and coders the numbers would overflow
            _, key = np.unique(key, return_inverse=True)
            size = len(rows)
        key, size = key * base + (column + 1), size * base
    return key, size


def _count_keys(keys: Ints, amounts: Floats | None, *, size: int) -> tuple[Ints, Floats]:
    """Return the distinct keys, ascending, and the number (or the sum of the amounts) of each."""
    if size <= _LARGEST_TABLE:  # counted in a table of all possible keys, which needs no sorting
        occurring = np.flatnonzero(np.bincount(keys, minlength=1))
        return occurring, np.bincount(keys, amounts, minlength=1)[occurring].astype(np.float64)
    if amounts is None:
        distinct, counts = np.unique(keys, return_counts=True)
        return distinct, counts.astype(np.float64)
    distinct, position = np.unique(keys, return_inverse=True)
    return distinct, add_up(position, amounts, length=len(distinct))


def _rows_of_keys(keys: Ints, *, values: int, coders: int) -> Ints:
    """Return the rows that `_row_keys` made keys of: their digits."""
    base = values + 1
    return keys[:, None] // base ** np.arange(coders)[::-1] % base - 1
