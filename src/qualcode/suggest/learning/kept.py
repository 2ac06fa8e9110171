"""What the first step found, as arrays on disk: numbers only, so that reading them cannot run anything."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from qualcode.suggest.learning.learner import First


def write_first(path: Path, first: First) -> None:
    """Write what the first step found as an uncompressed archive of arrays."""
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **{field.name: getattr(first, field.name) for field in fields(First)})


def read_first(path: Path) -> First:
    """Read what `write_first` wrote; raises ``ValueError``, ``KeyError`` or ``OSError`` where it is damaged."""
    with np.load(path, allow_pickle=False) as held:
        return First(**{field.name: held[field.name] for field in fields(First)})
