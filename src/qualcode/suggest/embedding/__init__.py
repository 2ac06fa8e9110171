"""Sentence vectors by an embedding model on this machine (optional); nothing is downloaded."""

from qualcode.suggest.embedding.embedder_protocol import Embedder, Vectors, unit_rows
from qualcode.suggest.embedding.embedder_registry import ENTRY_POINT_GROUP, embedder, study_embedder
from qualcode.suggest.embedding.vector_cache import vectors

__all__ = ["ENTRY_POINT_GROUP", "Embedder", "Vectors", "embedder", "study_embedder", "unit_rows", "vectors"]
