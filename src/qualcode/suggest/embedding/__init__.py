"""Optional: sentences as vectors, by a model that the user has on this machine; nothing is ever downloaded."""

from qualcode.suggest.embedding.cache import vectors
from qualcode.suggest.embedding.making import GROUP, embedder
from qualcode.suggest.embedding.protocol import Embedder, Vectors, unit_rows

__all__ = ["GROUP", "Embedder", "Vectors", "embedder", "unit_rows", "vectors"]
