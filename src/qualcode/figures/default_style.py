"""matplotlib's own settings instead of those of a file ``matplotlibrc``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.style  # not loaded by matplotlib itself


@contextmanager
def default_style() -> Iterator[None]:
    """Use matplotlib's default settings, so that figures are the same everywhere.

    matplotlib reads ``matplotlibrc`` in the folder that a command runs in; that of a study could have names typeset
    by LaTeX, a program that can read other files.
    """
    with mpl.style.context("default"):
        yield
