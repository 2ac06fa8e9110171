"""Words that are frequent in any text of a language, such as articles and pronouns."""

from __future__ import annotations

from importlib import import_module


def load_stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, lower case, from spaCy; empty if spaCy has none for it."""
    try:
        words: set[str] = import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    except ImportError:
        return frozenset()
    return frozenset(word.casefold() for word in words)
