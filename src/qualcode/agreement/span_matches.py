"""Spans of two coders matched one to one: the same code, or the same place with another code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qualcode.agreement.estimates import Estimate, estimate
from qualcode.agreement.group_sums import GroupSums
from qualcode.agreement.nominal_agreement import divide
from qualcode.agreement.rating_patterns import Flags, Floats, Ints, add_up
from qualcode.agreement.span_arrays import Spans, overlapping_pairs
from qualcode.agreement.unitizing_alpha import MORE_CODERS, NO_SPANS
from qualcode.statistics import Resampling

NO_MATCH = "no spans match"
NO_FIRST = "the first coder used the code nowhere"
NO_SECOND = "the second coder used the code nowhere"


@dataclass(frozen=True, slots=True)
class SpanMatches:
    """Matched spans of two coders, as positions in their spans; each span is in at most one match.

    Attributes
    ----------
    same_code : ndarray of int, shape (matches, 2)
        Spans with the same code.
    same_code_overlap : ndarray of float, shape (matches,)
        Common characters over those of either span: 1 for equal spans.
    other_code : ndarray of int, shape (matches, 2)
        Spans left over by the first that match but for the code.
    other_code_overlap : ndarray of float, shape (matches,)
    """

    same_code: Ints
    same_code_overlap: Floats
    other_code: Ints
    other_code_overlap: Floats


def match_spans(first: Spans, second: Spans, lengths: Ints, *, least_overlap: float = 0.0) -> SpanMatches:
    """Match the spans of two coders one to one.

    As many spans as possible are matched and, among the ways to do so, with the largest sum of overlaps. Spans with the
    same code are matched first; what is left over is then matched with spans of another code.

    Parameters
    ----------
    first, second
        Spans of the two coders.
    lengths : ndarray of int, shape (texts,)
        Characters of each text.
    least_overlap
        Common characters over those of either span that a match needs at least. 0: any common character; 1: equal
        spans.

    Examples
    --------
    >>> from qualcode.agreement import make_spans
    >>> one, other = make_spans([(0, 0, 10, 0), (0, 20, 30, 0)]), make_spans([(0, 0, 10, 0), (0, 20, 30, 1)])
    >>> matches = match_spans(one, other, np.array([50]))
    >>> matches.same_code.tolist(), matches.other_code.tolist()
    ([[0, 0]], [[1, 1]])
    """
    one, other = overlapping_pairs(first.join_texts(lengths), second.join_texts(lengths))
    common = np.minimum(first.end[one], second.end[other]) - np.maximum(first.start[one], second.start[other])
    overlap = common / (first.length[one] + second.length[other] - common)
    is_enough = overlap >= least_overlap
    pairs, overlap = np.stack([one, other], axis=1)[is_enough], overlap[is_enough]
    has_code = first.code[pairs[:, 0]] == second.code[pairs[:, 1]]
    same = np.flatnonzero(has_code)[_match(pairs[has_code], overlap[has_code])]
    is_left = ~np.isin(pairs[:, 0], pairs[same, 0]) & ~np.isin(pairs[:, 1], pairs[same, 1])
    rest = np.flatnonzero(is_left)[_match(pairs[is_left], overlap[is_left])]
    return SpanMatches(pairs[same], overlap[same], pairs[rest], overlap[rest])


def _match(pairs: Ints, overlap: Floats) -> Ints:
    """Return the positions of a largest set of pairs without a common member, with the largest sum of overlaps.

    The problem is solved for each connected part of the graph of pairs alone, since these are small.
    """
    # Only here, since loading it takes a fifth of a second.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(pairs):
        return np.zeros(0, dtype=np.int64)
    size = int(pairs.max()) + 1
    edges = coo_array((np.ones(len(pairs)), (pairs[:, 0], size + pairs[:, 1])), shape=(2 * size, 2 * size))
    part = connected_components(edges, directed=False)[1][pairs[:, 0]]
    order = np.argsort(part, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(part[order])) + 1)
    return np.sort(np.concatenate([group[_assign(pairs[group], overlap[group])] for group in groups]))


def _assign(pairs: Ints, overlap: Floats) -> Ints:
    """Return the positions of the best pairs of one connected part."""
    if len(pairs) == 1:
        return np.zeros(1, dtype=np.int64)
    from scipy.optimize import linear_sum_assignment

    rows, row = np.unique(pairs[:, 0], return_inverse=True)
    columns, column = np.unique(pairs[:, 1], return_inverse=True)
    # One more match outweighs any overlaps, whose mean is at most 1.
    gain = np.zeros((len(rows), len(columns)))
    gain[row, column] = 1 + overlap / (min(gain.shape) + 1)
    position = np.full(gain.shape, -1, dtype=np.int64)
    position[row, column] = np.arange(len(pairs))
    chosen: Ints = position[linear_sum_assignment(gain, maximize=True)]
    return chosen[chosen >= 0]


@dataclass(frozen=True, slots=True)
class MatchSums(GroupSums):
    """Numbers of spans and matches, with the leading axes of `GroupSums`, over all pairs of coders.

    Attributes
    ----------
    length : ndarray of float, shape (...)
        Characters of the texts. The bootstrap draws from all texts, also those without a span.
    spans : ndarray of float, shape (...)
        Of both coders together.
    first, second : ndarray of float, shape (...)
        Of the first and the second coder of each pair.
    matched : ndarray of float, shape (...)
        Pairs with the same code.
    overlap : ndarray of float, shape (...)
        The sum of their overlaps.
    exact : ndarray of float, shape (...)
        How many of them are equal spans.
    other_first, other_second : ndarray of float, shape (...)
        Spans of the first and of the second coder that match a span with another code.
    """

    length: Floats
    spans: Floats
    first: Floats
    second: Floats
    matched: Floats
    overlap: Floats
    exact: Floats
    other_first: Floats
    other_second: Floats


def span_agreement(sums: MatchSums) -> Floats:
    """Return the share of spans that are matched: 2 * matched / (first + second), the F1 of either coder.

    References
    ----------
    Hripcsak, G., Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in information retrieval. JAMIA
    12(3), 296-298: kappa approaches it where spans are rare in the text.
    """
    return divide(2 * sums.matched, sums.spans)


def first_share(sums: MatchSums) -> Floats:
    """Return the share of the first coder's spans that are matched (precision of the first, by the second)."""
    return divide(sums.matched, sums.first)


def second_share(sums: MatchSums) -> Floats:
    """Return the share of the second coder's spans that are matched (recall of the first, by the second)."""
    return divide(sums.matched, sums.second)


def mean_overlap(sums: MatchSums) -> Floats:
    """Return the mean over matched spans of common characters over those of either span."""
    return divide(sums.overlap, sums.matched)


def other_code_share(sums: MatchSums) -> Floats:
    """Return the share of spans at whose place the other coder has another code instead."""
    return divide(sums.other_first + sums.other_second, sums.spans)


SPAN_STATISTICS: dict[str, tuple[Callable[[MatchSums], Floats], str]] = {
    "span_agreement": (span_agreement, NO_SPANS),
    "first_share": (first_share, NO_FIRST),
    "second_share": (second_share, NO_SECOND),
    "mean_overlap": (mean_overlap, NO_MATCH),
    "other_code_share": (other_code_share, NO_SPANS),
}


def compute_span_statistics(sums: MatchSums, *, resampling: Resampling | None = None) -> dict[str, Estimate]:
    """Return all statistics of matched spans."""

    def compute(formula: Callable[[MatchSums], Floats], reason: str) -> Estimate:
        return estimate(formula, sums, explain=lambda total: reason, resampling=resampling)

    return {name: compute(formula, reason) for name, (formula, reason) in SPAN_STATISTICS.items()}


def sum_matches(
    coders: Sequence[Spans],
    lengths: Ints,
    *,
    codes: Sequence[int] | None = None,
    groups: Ints | None = None,
    least_overlap: float = 0.0,
) -> MatchSums:
    """Return numbers of spans and matches in each group of texts, over all pairs of two or more coders.

    Parameters
    ----------
    coders
        The spans of each coder, of all codes that may be at the place of another.
    lengths : ndarray of int, shape (texts,)
        Characters of each text.
    codes : optional
        Only spans with these codes are counted; a span matched with another code counts for its own code.
    groups : ndarray of int, shape (texts,), optional
        The number of each text's case; by default each text is its own.
    least_overlap
        As in `match_spans`.

    Raises
    ------
    ValueError
        For fewer than two coders.
    """
    if len(coders) < 2:
        raise ValueError(MORE_CODERS)
    group = np.arange(len(lengths)) if groups is None else groups
    rows = [
        _sum_pair(one, other, match_spans(one, other, lengths, least_overlap=least_overlap), codes=codes, group=group)
        for one, other in combinations(coders, 2)
    ]
    length = add_up(group, lengths.astype(np.float64), length=int(group.max(initial=-1)) + 1)
    return MatchSums(length, *np.sum(rows, axis=0))


def _sum_pair(
    first: Spans, second: Spans, matches: SpanMatches, *, codes: Sequence[int] | None, group: Ints
) -> list[Floats]:
    """Return the numbers of two coders, in the order of the fields of `MatchSums` after the first."""
    counted = [_has_code(spans, codes) for spans in (first, second)]
    same = matches.same_code[:, 0]

    def count(spans: Spans, amounts: Flags | Floats) -> Floats:
        return add_up(group[spans.text], np.asarray(amounts, dtype=np.float64), length=int(group.max(initial=-1)) + 1)

    n_first, n_second = count(first, counted[0]), count(second, counted[1])
    matched = first.select(same)
    is_counted = counted[0][same]
    return [
        n_first + n_second,
        n_first,
        n_second,
        count(matched, is_counted),
        count(matched, is_counted * matches.same_code_overlap),
        count(matched, is_counted & (matches.same_code_overlap == 1)),
        count(first.select(matches.other_code[:, 0]), counted[0][matches.other_code[:, 0]]),
        count(second.select(matches.other_code[:, 1]), counted[1][matches.other_code[:, 1]]),
    ]


def _has_code(spans: Spans, codes: Sequence[int] | None) -> Flags:
    return np.ones(len(spans), dtype=bool) if codes is None else np.isin(spans.code, list(codes))
