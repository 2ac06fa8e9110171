"""Loads an installed spaCy model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.errors import OperationError
from qualcode.suggest.embedding.model_files import first_error_line

if TYPE_CHECKING:
    from spacy.language import Language


def load_spacy_model(name: str) -> Language:
    """Return the model of a package or a folder.

    Raises
    ------
    OperationError
        The model is not installed, or cannot be loaded.
    """
    import spacy

    try:
        return spacy.load(name)
    except Exception as error:  # an installed package that is no model may fail in any way
        message = first_error_line(error)
        raise OperationError(
            f"spaCy model '{name}' cannot be loaded ({message}): install it, or give its folder"
        ) from None
