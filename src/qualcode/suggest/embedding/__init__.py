"""Optional: sentences as vectors, by a model that the user has on this machine; nothing is ever downloaded."""

from qualcode.suggest.embedding.embedder_protocol import Embedder, Vectors, unit_rows
from qualcode.suggest.embedding.embedder_registry import ENTRY_POINT_GROUP, embedder
from qualcode.suggest.embedding.vector_cache import vectors

__all__ = ["ENTRY_POINT_GROUP", "Embedder", "Vectors", "embedder", "unit_rows", "vectors"]
