"""Sentence vectors as the mean of content words' vectors, by a spaCy model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import OperationError
from qualcode.suggest.embedding.embedder_protocol import Vectors, unit_rows
from qualcode.suggest.embedding.model_files import find_package_folder, hash_files, list_folder_files
from qualcode.suggest.embedding.spacy_loader import load_spacy_model

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

# Part of the cache key: the number must be increased when the computation of vectors changes.
_METHOD = "mean of content words 1"


def spacy_embedder(model: str) -> SpacyEmbedder:
    """Return the embedder of a spaCy model by the name of its package or its folder.

    Raises
    ------
    OperationError
        The model is not installed.
    """
    path = Path(model).expanduser()
    folder = path if path.is_dir() else find_package_folder(model)
    if folder is None:
        raise OperationError(
            f"spaCy model '{model}' is not installed: pip install it, or give its folder (spacy:/folder)"
        )
    return SpacyEmbedder(str(path) if path.is_dir() else model.replace("-", "_"), folder)


class SpacyEmbedder:
    """Averages word vectors or, of a model without any, ``tok2vec`` tensors, which depend on the context of a word."""

    def __init__(self, model: str, folder: Path) -> None:
        self.name = f"spacy:{model}"
        self._model = model
        self._folder = folder

    @cached_property
    def key(self) -> str:
        """Hash of all files of the model."""
        return hash_files(list_folder_files(self._folder), settings=_METHOD)

    @property
    def kind(self) -> str:
        """What is averaged: ``vectors`` or ``tok2vec``."""
        return "vectors" if self._nlp.vocab.vectors_length else "tok2vec"

    @cached_property
    def _nlp(self) -> Language:
        nlp = load_spacy_model(self._model)
        tok2vec = [name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory == "tok2vec"]
        if not nlp.vocab.vectors_length and not tok2vec:
            raise OperationError(
                f"spaCy model '{self._model}' has neither word vectors nor a tok2vec component: use one with vectors"
            )
        nlp.select_pipes(enable=[] if nlp.vocab.vectors_length else tok2vec)
        return nlp

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """Return the mean vector of each sentence's content words (of all words if it has none)."""
        word_vectors = _word_vectors if self.kind == "vectors" else _tensor
        return unit_rows([_mean(doc, word_vectors(doc)) for doc in self._nlp.pipe(sentences, batch_size=64)])


def _word_vectors(doc: Doc) -> Any:
    """Return the word vectors of a Doc, shape (tokens, dimensions)."""
    return np.asarray([token.vector for token in doc]).reshape(len(doc), doc.vocab.vectors_length)


def _tensor(doc: Doc) -> Any:
    """Return the ``tok2vec`` tensor of a Doc, shape (tokens, dimensions)."""
    return np.asarray(doc.tensor)


def _mean(doc: Doc, rows: Any) -> Any:
    # Unknown content words do not count, so that a sentence with no others is averaged over all its words.
    content = [token.i for token in doc if _is_content(token) and rows[token.i].any()]
    return rows[content or slice(None)].mean(axis=0) if len(doc) else np.zeros(rows.shape[1])


def _is_content(token: Token) -> bool:
    return not (token.is_stop or token.is_punct or token.is_space)
