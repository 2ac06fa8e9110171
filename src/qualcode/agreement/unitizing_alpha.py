"""Krippendorff's alpha for spans that coders delimited themselves (unitizing): the family of 2016."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qualcode.agreement.estimates import Estimate, estimate
from qualcode.agreement.group_sums import GroupSums
from qualcode.agreement.nominal_agreement import divide
from qualcode.agreement.rating_patterns import Floats, Ints, add_up
from qualcode.agreement.span_arrays import Spans, find_cuts, has_overlaps
from qualcode.statistics import Resampling

MORE_CODERS = "needs at least two coders"
OVERLAPS = "spans of one coder overlap"
NO_SPANS = "no coder used the code"
NO_SHARED_SPANS = "no span of one coder overlaps a span of another"
ALL_CODED = "nothing varies: all text is coded"
NOTHING_VARIES = "nothing varies: all text that two coders coded has the same code"


@dataclass(frozen=True, slots=True)
class UnitSums(GroupSums):
    """Sums of lengths in characters, with the leading axes of `GroupSums`. Value 0 is a gap, value c + 1 code c.

    Attributes
    ----------
    length : ndarray of float, shape (...)
        Length of the texts times the number of coders m.
    coincidences : ndarray of float, shape (..., values, values)
        Lengths that one coder gave one value and another coder the other, over ordered pairs, divided by m - 1.
    own_squares : ndarray of float, shape (..., codes)
        Squared lengths of the spans: pairs of characters of one span, which are no sign of agreement.
    shared_squares : ndarray of float, shape (..., codes)
        The same for what other coders coded of each span (mean over them), whatever the code.
    """

    length: Floats
    coincidences: Floats
    own_squares: Floats
    shared_squares: Floats


def u_alpha(sums: UnitSums) -> Floats:
    """Return u-alpha: agreement on where spans are and which code they have, over all characters.

    1 - D_o / D_e: D_o is the share of coincidences of different values; D_e the share of pairs of characters with
    different values among all pairs but those within one span, and those of a character of a gap with itself.

    References
    ----------
    Krippendorff, K., Mathet, Y., Bouvry, S., Widlöcher, A. (2016). On the reliability of unitizing textual continua:
    further developments. Quality & Quantity 50(6), 2347-2364. Krippendorff, K. (2019). Content analysis, 4th ed., 12.6.
    """
    gaps = sums.coincidences[..., 0, :].sum(axis=-1)
    return _alpha(sums.coincidences, sums.own_squares.sum(axis=-1) + gaps)


def binary_u_alpha(sums: UnitSums) -> Floats:
    """Return |u-alpha: agreement on where spans are, whatever their code. The reference is that of `u_alpha`."""
    coded = sums.coincidences[..., 1:, :]
    gap_row = np.stack([sums.coincidences[..., 0, 0], sums.coincidences[..., 0, 1:].sum(axis=-1)], axis=-1)
    coded_row = np.stack([coded[..., 0].sum(axis=-1), coded[..., 1:].sum(axis=(-2, -1))], axis=-1)
    return _alpha(np.stack([gap_row, coded_row], axis=-2), sums.own_squares.sum(axis=-1) + gap_row.sum(axis=-1))


def cu_alpha(sums: UnitSums) -> Floats:
    """Return cu-alpha: agreement on the code where spans of different coders overlap. See `u_alpha` for the reference.

    With more than two coders, of each span counts what the other coders coded of it on average.
    """
    return _alpha(sums.coincidences[..., 1:, 1:], sums.shared_squares.sum(axis=-1))


def _alpha(coincidences: Floats, excluded_pairs: Floats) -> Floats:
    """Return 1 - D_o / D_e from coincidences, shape (..., values, values), and the pairs left out of D_e."""
    margin = coincidences.sum(axis=-1)
    total = margin.sum(axis=-1)
    different = total - np.trace(coincidences, axis1=-2, axis2=-1)
    different_pairs = np.sum(margin * (total[..., None] - margin), axis=-1)
    return 1 - divide(divide(different, total), divide(different_pairs, total**2 - excluded_pairs))


_FORMULAS: dict[str, Callable[[UnitSums], Floats]] = {"u": u_alpha, "binary_u": binary_u_alpha, "cu": cu_alpha}


def unitizing_alpha(
    coders: Sequence[Spans],
    lengths: Ints,
    *,
    coefficient: str = "u",
    groups: Ints | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Return a coefficient of the 2016 family.

    Parameters
    ----------
    coders
        The spans of each coder; every coder has read all texts. One code, or several of which none overlap.
    lengths : ndarray of int, shape (texts,)
        Characters of each text. Texts are joined: observed and expected pairs are of all texts together.
    coefficient
        "u" (position and code), "binary_u" (position only) or "cu" (code where spans overlap).
    groups : ndarray of int, shape (texts,), optional
        The number of each text's case, which the interval resamples; by default each text is its own.
    resampling : optional
        None: no interval.

    Returns
    -------
    Estimate
        Undefined, with the reason, if spans of one coder overlap.

    Raises
    ------
    KeyError
        For another coefficient.

    Examples
    --------
    One coder codes 70 + 30 of 450 characters, one 80, both 70: D_o = 80 / 900,
    D_e = 2 * 180 * 720 / (900 ** 2 - 70 ** 2 - 30 ** 2 - 80 ** 2 - 720).

    >>> from qualcode.agreement import make_spans
    >>> one, other = make_spans([(0, 225, 295, 0), (0, 370, 400, 0)]), make_spans([(0, 220, 300, 0)])
    >>> round(unitizing_alpha([one, other], np.array([450])).value, 4)
    0.7267
    """
    formula = _FORMULAS[coefficient]
    reason = explain_unsuitable_spans(coders, lengths)
    if reason:
        return Estimate(None, reason)
    sums = sum_units(coders, lengths, groups=groups)
    return estimate(formula, sums, explain=_explain_coded if coefficient == "cu" else _explain, resampling=resampling)


def explain_unsuitable_spans(coders: Sequence[Spans], lengths: Ints) -> str:
    """Return why no unitizing alpha can be computed; empty if one can."""
    if len(coders) < 2:
        return MORE_CODERS
    return OVERLAPS if any(has_overlaps(spans.join_texts(lengths)) for spans in coders) else ""


def _explain(total: UnitSums) -> str:
    return ALL_CODED if total.coincidences[1:].any() else NO_SPANS


def _explain_coded(total: UnitSums) -> str:
    if total.coincidences[1:, 1:].any():
        return NOTHING_VARIES
    return NO_SHARED_SPANS if total.coincidences[1:].any() else NO_SPANS


def sum_units(coders: Sequence[Spans], lengths: Ints, *, groups: Ints | None = None) -> UnitSums:
    """Return the sums of each group of texts; spans of one coder must not overlap."""
    group = np.arange(len(lengths)) if groups is None else groups
    n_groups, n_codes = int(group.max(initial=-1)) + 1, 1 + max((int(c.code.max(initial=0)) for c in coders), default=0)
    joined = [spans.join_texts(lengths) for spans in coders]
    cuts = find_cuts(joined, lengths)
    stretch_text = np.searchsorted(np.cumsum(lengths), cuts[:-1], side="right")
    values = np.stack([_values_of_stretches(spans, cuts) for spans in joined])
    stretches = _Stretches(np.diff(cuts).astype(np.float64), group[stretch_text], values)
    squares = _squares(coders, joined, cuts, stretches)
    return UnitSums(
        length=add_up(group, np.multiply(lengths, len(coders), dtype=np.float64), length=n_groups),
        coincidences=_coincidences(stretches, n_values=n_codes + 1, n_groups=n_groups),
        own_squares=_sum_by_code(coders, squares[0], group, (n_groups, n_codes)),
        shared_squares=_sum_by_code(coders, squares[1], group, (n_groups, n_codes)),
    )


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Text between two neighbouring boundaries: length and group, shape (stretches,), values (coders, stretches)."""

    length: Floats
    group: Ints
    values: Ints


def _values_of_stretches(spans: Spans, cuts: Ints) -> Ints:
    """Return what a coder gave each stretch: 0 for a gap, else the code plus 1."""
    change = np.zeros(len(cuts), dtype=np.int64)
    np.add.at(change, np.searchsorted(cuts, spans.start), spans.code + 1)
    np.add.at(change, np.searchsorted(cuts, spans.end), -(spans.code + 1))
    return np.cumsum(change)[:-1]


def _coincidences(stretches: _Stretches, *, n_values: int, n_groups: int) -> Floats:
    total = np.zeros((n_groups, n_values, n_values))
    for first, second in combinations(stretches.values, 2):
        cell = (stretches.group * n_values + first) * n_values + second
        pairs = add_up(cell, stretches.length, length=total.size).reshape(total.shape)
        total += pairs + pairs.swapaxes(1, 2)
    return total / (len(stretches.values) - 1)


def _squares(
    coders: Sequence[Spans], joined: Sequence[Spans], cuts: Ints, stretches: _Stretches
) -> tuple[list[Floats], list[Floats]]:
    """Return for each coder the squared length of each span, and of what others coded of it on average."""
    coded = np.pad(np.cumsum((stretches.values > 0) * stretches.length, axis=1), ((0, 0), (1, 0)))
    others = (coded.sum(axis=0) - coded) / (len(coders) - 1)
    shared = [
        np.square(row[np.searchsorted(cuts, spans.end)] - row[np.searchsorted(cuts, spans.start)], dtype=np.float64)
        for row, spans in zip(others, joined, strict=True)
    ]
    return [np.square(spans.length, dtype=np.float64) for spans in coders], shared


def _sum_by_code(coders: Sequence[Spans], amounts: Sequence[Floats], group: Ints, shape: tuple[int, int]) -> Floats:
    cells = np.concatenate([group[spans.text] * shape[1] + spans.code for spans in coders])
    return add_up(cells, np.concatenate(amounts), length=shape[0] * shape[1]).reshape(shape)
