"""What an embedder is: anything with a name, a key and a way from sentences to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""One row a sentence, each of length 1 (or all zeros where a sentence has no word that the model knows)."""


class Embedder(Protocol):
    """Turns sentences into vectors; a sentence's vector must not depend on the others it is asked with."""

    @property
    def name(self) -> str:
        """How the user calls it, for sentences and reasons."""

    @property
    def key(self) -> str:
        """What its vectors depend on (model and settings) as a short hash: kept vectors are found by it."""

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """Return a matrix of shape (sentences, dimensions)."""


def unit_rows(rows: Any) -> Vectors:
    """Return a matrix with each row divided by its length; rows of zeros stay zeros.

    >>> unit_rows([[3, 4], [0, 0]]).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    matrix = np.asarray(rows, dtype=np.float32).reshape(len(rows), -1 if len(rows) else 0)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths == 0, 1, lengths), dtype=np.float32)
