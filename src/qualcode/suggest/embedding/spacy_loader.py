"""Load spacy: split from entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.errors import OperationError

if TYPE_CHECKING:
    from spacy.language import Language


def load_spacy_model(name: str) -> Language:
    """Load a model by the name of its package or its folder."""
    import spacy

    try:
        return spacy.load(name)
    except (OSError, ValueError, ImportError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise OperationError(
            f"no spaCy model '{name}' can be loaded here ({said}); install it, or give its folder"
        ) from None
