"""Krippendorff's alpha for spans as it was defined in 1995 and 2004, by differences of their boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qualcode.agreement.estimates import Estimate, estimate
from qualcode.agreement.group_sums import GroupSums
from qualcode.agreement.nominal_agreement import divide
from qualcode.agreement.rating_patterns import Floats, Ints, add_up
from qualcode.agreement.span_arrays import Spans, has_overlaps, overlapping_pairs
from qualcode.agreement.unitizing_alpha import ALL_CODED, MORE_CODERS, NO_SPANS, OVERLAPS
from qualcode.statistics import Resampling


@dataclass(frozen=True, slots=True)
class BoundarySums(GroupSums):
    """Sums over spans by code, with the leading axes of `GroupSums`. l is the length of a span, in characters.

    Attributes
    ----------
    length : ndarray of float, shape (...)
        Of the texts.
    coders : ndarray of float, shape (...)
        Length times the number of coders.
    observed : ndarray of float, shape (..., codes)
        Over ordered pairs of coders: for overlapping spans the squared differences of starts and of ends, for a span
        in a gap of the other coder its squared length.
    spans : ndarray of float, shape (..., codes)
        Their number N.
    overlap_squares : ndarray of float, shape (..., codes)
        (2 l ** 3 - 3 l ** 2 + l) / 3: the squared differences from another span in all positions that overlap.
    gap_positions : ndarray of float, shape (groups, groups, codes) or (..., codes)
        l ** 2 times the number of places for the span in the gaps of all coders.
    own_pairs : ndarray of float, shape (..., codes)
        l (l - 1).
    """

    length: Floats
    coders: Floats
    observed: Floats
    spans: Floats
    overlap_squares: Floats
    gap_positions: Floats
    own_pairs: Floats

    between_groups = frozenset({"gap_positions"})


def boundary_alpha(sums: BoundarySums) -> Floats:
    """Return 1 - D_o / D_e, each summed over codes.

    D_o is the squared difference of spans between coders, as a mean over pairs of coders and a share of the squared
    length; D_e its expectation if every span of every coder could be anywhere.

    References
    ----------
    Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25, 47-76.
    Krippendorff, K. (2004). Content analysis, 2nd ed., 11.6. Revised in 2016, see `unitizing_alpha.u_alpha`.
    """
    length, all_length = sums.length[..., None], sums.coders[..., None]  # L and m L
    coders = divide(all_length, length)
    observed = divide(sums.observed, coders * (coders - 1) * length**2)
    placements = (sums.spans - 1) * sums.overlap_squares + sums.gap_positions
    expected = divide(2 * placements, length * (all_length * (all_length - 1) - sums.own_pairs))
    return 1 - divide(observed.sum(axis=-1), expected.sum(axis=-1))


def unitizing_alpha_2004(
    coders: Sequence[Spans],
    lengths: Ints,
    *,
    groups: Ints | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Return the coefficient of 2004; the parameters are those of `unitizing_alpha`.

    Spans of different codes may overlap: each code is compared on its own. Texts are joined to one continuum, in which
    a gap ends where its text ends.
    """
    reason = _explain_unsuitable(coders, lengths)
    if reason:
        return Estimate(None, reason)
    sums = sum_boundaries(coders, lengths, groups=groups)
    return estimate(boundary_alpha, sums, explain=_explain, resampling=resampling)


def _explain(total: BoundarySums) -> str:
    return ALL_CODED if total.spans.any() else NO_SPANS


def _explain_unsuitable(coders: Sequence[Spans], lengths: Ints) -> str:
    if len(coders) < 2:
        return MORE_CODERS
    joined = [spans.join_texts(lengths) for spans in coders]
    overlaps = any(has_overlaps(part) for spans in joined for part in _by_code(spans, _count_codes(coders)))
    return OVERLAPS if overlaps else ""


def sum_boundaries(coders: Sequence[Spans], lengths: Ints, *, groups: Ints | None = None) -> BoundarySums:
    """Return the sums of each group of texts; spans of one coder and code must not overlap."""
    group = np.arange(len(lengths)) if groups is None else groups
    n_groups = int(group.max(initial=-1)) + 1
    total_length = add_up(group, lengths.astype(np.float64), length=n_groups)
    parts = zip(*(_by_code(spans, _count_codes(coders)) for spans in coders), strict=True)
    by_code = [_sum_one_code(part, lengths, group, n_groups) for part in parts]
    columns = (np.stack(column, axis=-1) for column in zip(*by_code, strict=True))
    return BoundarySums(total_length, total_length * len(coders), *columns)


def _sum_one_code(coders: Sequence[Spans], lengths: Ints, group: Ints, n_groups: int) -> tuple[Floats, ...]:
    """Return the sums of one code, in the order of the fields of `BoundarySums`."""
    joined = [spans.join_texts(lengths) for spans in coders]
    span_group = [group[spans.text] for spans in coders]
    observed = np.zeros(n_groups)
    for first, second in combinations(range(len(coders)), 2):
        observed += 2 * _difference(joined[first], joined[second], span_group[first], n_groups)
        observed += 2 * _lone_squares(joined[first], joined[second], span_group[first], n_groups)
        observed += 2 * _lone_squares(joined[second], joined[first], span_group[second], n_groups)
    size = np.concatenate([spans.length for spans in coders]).astype(np.float64)
    place = np.concatenate(span_group)
    return (
        observed,
        add_up(place, np.ones(len(size)), length=n_groups),
        add_up(place, (2 * size**3 - 3 * size**2 + size) / 3, length=n_groups),
        _gap_positions(size, place, _gaps(joined, lengths, group), n_groups),
        add_up(place, size * (size - 1), length=n_groups),
    )


def _difference(first: Spans, second: Spans, group: Ints, n_groups: int) -> Floats:
    """Return the squared differences of the boundaries of overlapping spans of two coders."""
    one, other = overlapping_pairs(first, second)
    squares = (first.start[one] - second.start[other]) ** 2 + (first.end[one] - second.end[other]) ** 2
    return add_up(group[one], squares.astype(np.float64), length=n_groups)


def _lone_squares(spans: Spans, others: Spans, group: Ints, n_groups: int) -> Floats:
    """Return the squared lengths of spans that lie in a gap of the other coder."""
    is_lone = np.ones(len(spans), dtype=bool)
    is_lone[overlapping_pairs(spans, others)[0]] = False
    return add_up(group[is_lone], spans.length[is_lone].astype(np.float64) ** 2, length=n_groups)


def _gaps(joined: Sequence[Spans], lengths: Ints, group: Ints) -> tuple[Floats, Ints]:
    """Return the length and the group of every gap of every coder."""
    ends = np.cumsum(lengths)
    size, place = [], []
    for spans in joined:
        # Between a span or a text and the next: boundaries of texts cut gaps, as empty spans would.
        start = np.sort(np.concatenate([spans.start, ends]))
        end = np.sort(np.concatenate([spans.end, ends - lengths]))
        is_gap = start > end
        size.append((start - end)[is_gap])
        place.append(group[np.searchsorted(ends, end[is_gap], side="right")])
    return np.concatenate(size).astype(np.float64), np.concatenate(place)


def _gap_positions(size: Floats, place: Ints, gaps: tuple[Floats, Ints], n_groups: int) -> Floats:
    """Return l ** 2 times the number of places in gaps, for spans of one group and gaps of another."""
    positions = np.zeros((n_groups, n_groups))
    for number in range(n_groups):
        gap = np.sort(gaps[0][gaps[1] == number])
        below = np.searchsorted(gap, size, side="left")
        longer_sum = np.concatenate([np.cumsum((gap + 1)[::-1])[::-1], [0.0]])[below]
        places = longer_sum - size * (len(gap) - below)
        positions[:, number] = add_up(place, size**2 * places, length=n_groups)
    return positions


def _by_code(spans: Spans, n_codes: int) -> list[Spans]:
    return [spans.select(spans.code == code) for code in range(n_codes)]


def _count_codes(coders: Sequence[Spans]) -> int:
    return 1 + max(int(spans.code.max(initial=0)) for spans in coders)
