"""Helpers for tests of anchors: passages in brackets, and alignments with given links."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.anchors import Alignment, Span
from qualcode.anchors.tokens import tokenize_text


def bracketed(text: str) -> tuple[str, Span]:
    """Return a text without its brackets, and the offsets of the words in them."""
    return text.replace("[", "").replace("]", ""), (text.index("["), text.index("]") - 1)


def linked(old: str, new: str, old_to_new: Sequence[int]) -> Alignment:
    """Return the alignment of two texts with these links (-1 for none)."""
    new_tokens = tokenize_text(new)
    new_to_old = [-1] * len(new_tokens.keys)
    for old_token, new_token in enumerate(old_to_new):
        if new_token >= 0:
            new_to_old[new_token] = old_token
    return Alignment(tokenize_text(old), new_tokens, list(old_to_new), new_to_old)
