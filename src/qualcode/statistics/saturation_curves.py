"""Saturation: how many codes are new in each transcript, in one order and over random orders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_ELEMENTS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class SaturationRule:
    """When saturation is reached: the codes that are new in a run of transcripts are few beside those of the base.

    References
    ----------
    Guest, G., Namey, E., Chen, M. (2020). A simple method to assess and report thematic saturation in qualitative
    research. PLoS ONE 15(5), e0232076. Runs overlap: the first begins after the base, each further one a transcript
    later.
    """

    base_size: int = 4
    """Number of first transcripts whose codes are the base."""
    run_length: int = 2
    """Number of transcripts in which new codes are counted."""
    threshold: float = 0.05
    """Highest share of new codes in a run, of the codes in the base, at which saturation is reached."""


def count_new_codes(present: Flags) -> Ints:
    """Return how many codes occur for the first time in each transcript.

    Parameters
    ----------
    present
        Whether a code occurs in a transcript, shape (transcripts, codes), transcripts in order.

    Returns
    -------
    ndarray of int, shape (transcripts,)

    Examples
    --------
    >>> count_new_codes(np.array([[True, True, False], [True, False, False], [False, False, True]]))
    array([2, 0, 1])
    """
    used = present.any(axis=0)
    first = present.argmax(axis=0)[used]
    return np.bincount(first, minlength=len(present)).astype(np.int64)


def draw_new_codes(present: Flags, *, orders: int, seed: int = 0) -> Ints:
    """Return how many codes are new at each position of random orders of the transcripts.

    Parameters
    ----------
    present
        Shape (transcripts, codes), as in `count_new_codes`.
    orders
        Number of random orders.
    seed
        Of the random generator.

    Returns
    -------
    ndarray of int, shape (orders, transcripts)
    """
    transcripts = len(present)
    code, transcript = np.nonzero(present.T)
    new = np.zeros((orders, transcripts), dtype=np.int64)
    if not len(code):
        return new
    generator = np.random.default_rng(seed)
    first_of_code = np.flatnonzero(np.diff(code, prepend=-1))
    rows = max(1, _ELEMENTS_AT_ONCE // (len(code) + transcripts))
    for start in range(0, orders, rows):
        block = new[start : start + rows]
        positions = generator.permuted(np.tile(np.arange(transcripts), (len(block), 1)), axis=1)
        # The position of a code's first use is the least among its transcripts.
        first_use = np.minimum.reduceat(positions[:, transcript], first_of_code, axis=1)
        cells = first_use + transcripts * np.arange(len(block))[:, None]
        block += np.bincount(cells.ravel(), minlength=block.size).reshape(block.shape)
    return new


def expected_codes(transcripts_with_code: Ints, transcripts: int) -> Floats:
    """Return the mean number of codes among the first 1, 2, ... transcripts over all orders of the transcripts.

    Parameters
    ----------
    transcripts_with_code
        In how many transcripts each code occurs, shape (codes,).
    transcripts
        Number of transcripts, n.

    Returns
    -------
    ndarray of float, shape (transcripts,)
        For k transcripts the sum over codes of 1 - C(n - m, k) / C(n, k), where m transcripts have the code.

    References
    ----------
    Colwell, R. K., Mao, C. X., Chang, J. (2004). Interpolating, extrapolating, and comparing incidence-based species
    accumulation curves. Ecology 85(10), 2717-2727: the expected accumulation curve.

    Examples
    --------
    One code in one of two transcripts, one in both: the first transcript has the first code half the time.

    >>> expected_codes(np.array([1, 2]), 2)
    array([1.5, 2. ])
    """
    with_code, codes_alike = np.unique(transcripts_with_code, return_counts=True)
    size = np.arange(1, transcripts + 1)[:, None]
    without = (transcripts - with_code)[None, :]
    possible = without >= size
    remaining = np.where(possible, without - size, 0)
    log_share = gammaln(without + 1) - gammaln(remaining + 1) + gammaln(transcripts - size + 1)
    missing = np.where(possible, np.exp(log_share - gammaln(transcripts + 1)), 0.0)
    return np.asarray((1 - missing) @ codes_alike.astype(np.float64))


def count_run_codes(new_codes: Ints, run_length: int) -> Ints:
    """Return the new codes of each run, by the number of transcripts before it, shape (..., transcripts - run + 1)."""
    before = np.concatenate([np.zeros_like(new_codes[..., :1]), np.cumsum(new_codes, axis=-1)], axis=-1)
    return np.asarray(before[..., run_length:] - before[..., : before.shape[-1] - run_length])


def find_saturation(new_codes: Ints, rule: SaturationRule) -> Floats:
    """Return after how many transcripts the first run begins in which the rule is met.

    Parameters
    ----------
    new_codes
        New codes by transcript, shape (orders, transcripts).
    rule
        Base, run and threshold.

    Returns
    -------
    ndarray of float, shape (orders,)
        Number of transcripts before the run, at least the base size; NaN where no run meets the rule, or the base has
        no code.

    Examples
    --------
    >>> find_saturation(np.array([[9, 6, 3, 2, 1, 1, 0, 1]]), SaturationRule(base_size=4, run_length=2, threshold=0.05))
    array([5.])
    """
    base = new_codes[:, : rule.base_size].sum(axis=1)
    if new_codes.shape[1] < rule.base_size + rule.run_length:
        return np.full(len(new_codes), np.nan)
    runs = count_run_codes(new_codes, rule.run_length)[:, rule.base_size :]
    # A product instead of a share: a base without a code meets no rule. Rounded, since 0.05 * 20 is not exactly 1.
    is_met = (runs <= np.round(rule.threshold * base[:, None], 9)) & (base[:, None] > 0)
    return np.where(is_met.any(axis=1), rule.base_size + is_met.argmax(axis=1), np.nan)
