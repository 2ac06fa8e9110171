"""Array types of the evaluation: `Flags` and `Ints` are those of the counting core."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.universe import Flags, Ints

__all__ = ["Flags", "Floats", "Indices", "Ints"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
