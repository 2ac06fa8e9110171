"""The interface of an embedder, and the scaling of vectors to length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (sentences, dimensions); each row has length 1, or is all zeros if the model knows none of the words."""


class Embedder(Protocol):
    """Computes vectors of sentences; the vector of a sentence must not depend on the sentences beside it."""

    @property
    def name(self) -> str:
        """The name in settings and messages."""

    @property
    def key(self) -> str:
        """A short hash of all that the vectors depend on (model and settings), by which they are cached."""

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """Return the vectors, shape (sentences, dimensions)."""


def unit_rows(rows: Any) -> Vectors:
    """Return a matrix with each row divided by its Euclidean length; rows of zeros stay zeros.

    >>> unit_rows([[3, 4], [0, 0]]).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    # Without rows the number of columns cannot be inferred from -1.
    matrix = np.asarray(rows, dtype=np.float32).reshape(len(rows), -1 if len(rows) else 0)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths == 0, 1, lengths), dtype=np.float32)
