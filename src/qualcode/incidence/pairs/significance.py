"""Whether pairs of codes occur together more or less often than by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.pairs.cooccurrence_counts import Cooccurrence, Positions
from qualcode.incidence.universe import Ints
from qualcode.statistics import adjust_p_values, hypergeometric_test, within_group_test

Floats = NDArray[np.float64]
_PAIRS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class PairSignificance:
    """Tests of pairs, all of shape (pairs,); NaN where there is nothing to test."""

    direction: NDArray[np.object_]
    """``more`` or ``less`` often than expected; empty where neither, or where nothing is tested."""
    p_hypergeometric: Floats
    q_hypergeometric: Floats
    expected_permutation: Floats
    p_permutation: Floats
    q_permutation: Floats

    def select(self, pairs: Ints) -> PairSignificance:
        """Return the tests of some pairs."""
        return PairSignificance(*(column[pairs] for column in self.columns().values()))

    def columns(self) -> dict[str, Any]:
        """Return the columns by name."""
        return {name: getattr(self, name) for name in SIGNIFICANCE_COLUMNS}


SIGNIFICANCE_COLUMNS = (
    "direction p_hypergeometric q_hypergeometric expected_permutation p_permutation q_permutation"
).split()


def assess_pairs(counts: Cooccurrence, first: Positions, second: Positions) -> PairSignificance:
    """Test pairs, given by the positions of their code sets.

    The false discovery rate is that of all pairs, since those that never occur together are tests too. Where pairs
    are no table of units (overlaps, stanzas) nothing is tested.
    """
    all_first, all_second = (positions.astype(np.int64) for positions in counts.select_pairs())
    size = len(counts.code_sets)
    # All pairs are in ascending order of this key.
    selected = np.searchsorted(all_first * size + all_second, first.astype(np.int64) * size + second)
    return _assess_all(counts, all_first, all_second).select(selected)


def _assess_all(counts: Cooccurrence, first: Ints, second: Ints) -> PairSignificance:
    pairs = counts.pair_counts(first, second)
    undefined = np.full(len(first), np.nan)
    if not counts.has_units:
        nothing = np.full(len(first), "", dtype=object)
        return PairSignificance(nothing, undefined, undefined, undefined, undefined, undefined)
    p_hypergeometric = hypergeometric_test(pairs)
    starts = range(0, len(first), _PAIRS_AT_ONCE)
    blocks = [(first[at : at + _PAIRS_AT_ONCE], second[at : at + _PAIRS_AT_ONCE]) for at in starts]
    tests = [
        within_group_test(
            counts.joint_units[a, b], counts.transcript_counts[:, a], counts.transcript_counts[:, b],
            counts.transcript_units,
        )
        for a, b in blocks
    ]  # fmt: skip
    p_permutation = np.concatenate([test.p_values for test in tests] or [undefined])
    expected = np.concatenate([test.expected for test in tests] or [undefined])
    is_tested = ~np.isnan(p_permutation)
    more, less = is_tested & (pairs.joint > expected), is_tested & (pairs.joint < expected)
    return PairSignificance(
        np.where(more, "more", np.where(less, "less", "")).astype(object),
        p_hypergeometric,
        adjust_p_values(p_hypergeometric),
        np.where(is_tested, expected, np.nan),
        p_permutation,
        adjust_p_values(p_permutation),
    )
