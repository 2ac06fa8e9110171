"""Co-occurrence: how often two codes, families or themes occur together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.matrix import Incidence, membership_matrix
from qualcode.incidence.pairs.span_overlaps import count_overlaps
from qualcode.incidence.pairs.unit_occurrences import UnitOccurrences, find_unit_occurrences
from qualcode.incidence.universe import Flags, Ints
from qualcode.model import PairRuleName
from qualcode.statistics import PairCounts, jaccard

Positions = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Cooccurrence:
    """Pairs of code sets in one universe; all matrices have shape (code sets, code sets) and count units.

    ``joint_units[a, b]`` is how often both occur together. ``base_units[a, b]`` is the number of units in transcripts
    in which the coder was asked about both; ``code_units[a, b]`` of these carry ``a``. If what counts as together is
    an overlap or a stanza, ``near_units[a, b]`` carry ``a`` and have ``b`` in reach, and ``same_units[a, b]`` carry
    both themselves; else both are the joint units. Overlaps have no base: ``base_units`` are the coded passages.
    """

    code_sets: tuple[CodeSet, ...]
    joint_units: Ints
    code_units: Ints
    base_units: Ints
    transcript_counts: Ints
    """Units of each transcript with a code set, shape (transcripts, code sets)."""
    transcript_units: Ints
    """Units of each transcript, shape (transcripts,)."""
    near_units: Ints | None = None
    same_units: Ints | None = None

    @property
    def has_units(self) -> bool:
        """Whether each joint unit is a unit that carries both, so that a pair is a table of two by two."""
        return self.near_units is None

    def jaccard(self) -> NDArray[np.float64]:
        """Return the Jaccard coefficient of each pair: units with both over units with either.

        Returns
        -------
        ndarray of float, shape (code sets, code sets)
            Symmetric, from 0 (never together) to 1 (always together). NaN if neither occurs in the base of the pair.

        Examples
        --------
        Of eight units three carry ``a``, two carry ``b``, one of them both: 1 / (3 + 2 - 1).

        >>> code_sets = tuple(CodeSet(code, code, "code", (code,)) for code in ("f/a", "f/b"))
        >>> joint, alone = np.array([[3, 1], [1, 2]]), np.array([[3, 3], [2, 2]])
        >>> Cooccurrence(code_sets, joint, alone, np.full((2, 2), 8), np.array([[3, 2]]), np.array([8])).jaccard()
        array([[1.  , 0.25],
               [0.25, 1.  ]])
        """
        size = len(self.code_sets)
        rows, columns = np.divmod(np.arange(size * size), size or 1)
        return jaccard(self.pair_counts(rows, columns)).reshape(size, size)

    def pair_counts(self, first: Positions, second: Positions) -> PairCounts:
        """Return the counts of pairs, given by the positions of their code sets, each of shape (pairs,)."""
        joint = self.joint_units[first, second]
        near, same = self.near_units, self.same_units
        return PairCounts(
            joint,
            self.code_units[first, second],
            self.code_units[second, first],
            self.base_units[first, second],
            joint if near is None else near[first, second],
            joint if near is None else near[second, first],
            joint if same is None else same[first, second],
            self.has_units,
        )

    def select_pairs(self, *, min_count: int = 0) -> tuple[Positions, Positions]:
        """Return the positions of two code sets with at least ``min_count`` joint units, neither part of the other."""
        first, second = np.triu_indices(len(self.code_sets), 1)
        if min_count > 0:
            is_frequent = self.joint_units[first, second] >= min_count
            first, second = first[is_frequent], second[is_frequent]
        is_pair = ~find_nested(self.code_sets)[first, second]
        # Millions of pairs, whose positions are small numbers.
        return first[is_pair].astype(np.int32), second[is_pair].astype(np.int32)

    def pairs(self, *, min_count: int = 1) -> Iterator[tuple[int, int]]:
        """Yield the positions of two code sets with at least ``min_count`` joint units, neither part of the other."""
        first, second = self.select_pairs(min_count=min_count)
        return zip(first.tolist(), second.tolist(), strict=True)


def find_nested(code_sets: Sequence[CodeSet]) -> Flags:
    """Return which code sets contain one another, shape (code sets, code sets); such sets are not counted as a pair."""
    members = membership_matrix(list(dict.fromkeys(code for one in code_sets for code in one.members)), code_sets)
    shared = (members.T @ members).toarray()
    sizes = np.diag(shared)
    nested: Flags = (shared == sizes[:, None]) | (shared == sizes)
    return nested


def count_cooccurrence(incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags) -> Cooccurrence:
    """Count how often each pair of code sets occurs together, as the pair rule of the incidence says.

    Parameters
    ----------
    incidence
        One coder's incidence.
    code_sets
        Codes, families, themes; each occurs wherever any of its members does.
    group
        A mask over members, shape (members,), as in `count_frequencies`.

    Returns
    -------
    Cooccurrence
        Counts, for each pair in the transcripts of the group in which the coder was asked about both.
    """
    return _COUNTERS[incidence.pair_rule.name](incidence, tuple(code_sets), group)


def _count_in_units(incidence: Incidence, code_sets: tuple[CodeSet, ...], group: Flags) -> Cooccurrence:
    """Count the units that carry both: ``X.T @ X``."""
    found = find_unit_occurrences(incidence, code_sets, group)
    return Cooccurrence(code_sets, multiply_by_itself(found.matrix), *_count_bases(found))


def _count_in_stanzas(incidence: Incidence, code_sets: tuple[CodeSet, ...], group: Flags) -> Cooccurrence:
    """Count the turns in whose stanza two sets are linked: one is in the turn, the other in it or in turns before it.

    References
    ----------
    Siebert-Evenstone, A. L., et al. (2017). In search of conversational grain size: modelling semantic structure using
    moving stanza windows. Journal of Learning Analytics 4(3), 123-139.
    """
    found = find_unit_occurrences(incidence, code_sets, group)
    occurs = found.matrix.astype(np.int64)
    reach = _sum_turns_before(occurs, found.unit_transcript, incidence.pair_rule.size)
    near, same = (occurs.T @ reach).toarray(), multiply_by_itself(found.matrix)
    # A turn in which both are is counted by the first two terms.
    return Cooccurrence(code_sets, near + near.T - same, *_count_bases(found), near, same)


def _sum_turns_before(occurs: Any, unit_transcript: Ints, size: int) -> Any:
    """Return what each turn or one of the ``size - 1`` turns before it in the transcript carries, as 0 and 1."""
    rows, columns = occurs.tocoo().coords
    last = len(unit_transcript) - 1
    reach = occurs.copy()
    for lag in range(1, size):
        later = np.minimum(rows + lag, last)
        inside = (rows + lag <= last) & (unit_transcript[later] == unit_transcript[rows])
        if not inside.any():
            break
        ones = np.ones(int(inside.sum()), dtype=np.int64)
        reach = reach + type(occurs)((ones, (later[inside], columns[inside])), shape=occurs.shape)
    return (reach > 0).astype(np.int64)


def _count_overlapping(incidence: Incidence, code_sets: tuple[CodeSet, ...], group: Flags) -> Cooccurrence:
    """Count pairs of coded passages, one of each set, that share at least one code point."""
    return Cooccurrence(code_sets, *count_overlaps(incidence, code_sets, group))


_COUNTERS: dict[PairRuleName, Callable[[Incidence, tuple[CodeSet, ...], Flags], Cooccurrence]] = {
    "unit": _count_in_units,
    "overlap": _count_overlapping,
    "stanza": _count_in_stanzas,
}


def _count_bases(found: UnitOccurrences) -> tuple[Ints, Ints, Ints, Ints]:
    """Return ``code_units``, ``base_units`` and the counts by transcript of a `Cooccurrence`."""
    by_transcript = found.transcript_counts()
    shape = (len(found.asked), len(found.asked))
    if len(found.asked) and (found.asked == found.asked[0]).all():  # the usual case: asked about all or none
        code_units = np.broadcast_to(by_transcript.sum(axis=0)[:, None], shape).copy()
        base_units = np.full(shape, found.transcript_units @ found.asked[0])
        return code_units, base_units, by_transcript, found.transcript_units
    # Units with the first set are counted by transcript, then added over transcripts asked about the second.
    asked = found.asked.astype(np.float64)  # as floats, since numpy has no fast product of integers
    of_pairs = by_transcript.T.astype(np.float64) @ asked.T, (asked * found.transcript_units) @ asked.T
    return of_pairs[0].astype(np.int64), of_pairs[1].astype(np.int64), by_transcript, found.transcript_units


_ENTRIES_AT_ONCE = 65_536
"""Entries of a matrix whose pairs are listed at once: their arrays stay in the processor's cache."""


def multiply_by_itself(matrix: Any) -> Ints:
    """Return ``X.T @ X`` of a sparse matrix whose entries are all true, as counts of shape (columns, columns).

    The pairs of entries of each row are listed and counted, which is half the work of a product of sparse matrices.
    """
    size, indptr = matrix.shape[1], matrix.indptr
    total = np.zeros(size * size, dtype=np.int64)
    # With many columns counting has a cost of its own, so that it is done less often.
    entries = max(_ENTRIES_AT_ONCE, size * size // 8)
    bounds = np.searchsorted(indptr, np.arange(0, int(indptr[-1]), entries))
    for first, last in pairwise([*bounds.tolist(), len(indptr) - 1]):
        columns = matrix.indices[indptr[first] : indptr[last]].astype(np.int64)
        keys = list_pair_keys(columns, indptr[first : last + 1] - indptr[first], size)
        total += np.bincount(keys, minlength=size * size)
    joint: Ints = total.reshape(size, size) + total.reshape(size, size).T
    np.fill_diagonal(joint, np.bincount(matrix.indices, minlength=size))  # a pair is of two entries
    return joint


def list_pair_keys(columns: Ints, indptr: Ints, size: int) -> Ints:
    """Return each pair of entries of one row as ``first * size + second``, by the columns of the entries."""
    # How many entries of its row follow each entry.
    left = np.repeat(indptr[1:], np.diff(indptr)) - np.arange(1, len(columns) + 1)
    positions = np.flatnonzero(left)
    keys = [np.zeros(0, dtype=np.int64)]
    lag = 1
    while len(positions):
        keys.append(columns[positions] * size + columns[positions + lag])
        lag += 1
        positions = positions[left[positions] >= lag]
    return np.concatenate(keys)
