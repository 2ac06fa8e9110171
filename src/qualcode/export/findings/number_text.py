"""Shares, intervals and p-values as text, and the level of a finding."""

from __future__ import annotations

from math import isnan
from typing import Any

LEVEL = 0.05
"""Highest adjusted p-value (q) of a difference or a pair that is a finding."""


def defined(value: Any) -> float | None:
    """Return a number, or None where it is missing."""
    return None if value is None or isnan(value) else float(value)


def format_percent(value: float | None) -> str:
    """Return a share in per cent; tenths where whole numbers would hide that it is not 0 or 1.

    >>> format_percent(0.784), format_percent(0.002), format_percent(None)
    ('78\\u202f%', '0.2\\u202f%', 'undefined')
    """
    if value is None:
        return "undefined"
    is_extreme = (0 < value < 0.01) or (0.99 < value < 1)
    return f"{100 * value:.{1 if is_extreme else 0}f}\u202f%"


def format_interval(low: float | None, high: float | None, *, percent: bool) -> str:
    """Return an interval in words, or an empty text if there is none."""
    if low is None or high is None:
        return ""
    return f"{100 * low:.0f}\u2013{100 * high:.0f}\u202f%" if percent else f"{low:.2f}\u2013{high:.2f}"


def format_small(p: float) -> str:
    """Return a p-value or q-value.

    >>> format_small(0.0421), format_small(0.0002)
    ('0.042', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
