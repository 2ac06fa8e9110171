"""Spans grown to whole words, as a person means who points at a part of a word."""

from __future__ import annotations

import re

from qualcode.segments.words import word_spans

_INSIDE = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_LONGEST_RUN = 2_000
"""Characters around a place in which a word is looked for."""


def grow_to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span that begins and ends with whole words, without signs around them that are outside the span.

    >>> grow_to_words("The (budget) is gone.", 6, 14)
    (5, 15)
    """
    first, _ = find_word(text, start)
    _, last = find_word(text, max(start, end - 1))
    words = text[first:last]
    return first + len(words) - len(words.lstrip()), last - len(words) + len(words.rstrip())


def find_word(text: str, offset: int) -> tuple[int, int]:
    """Return the word at a character; with signs beside it only up to the character, if that is one of them."""
    if offset >= len(text) or text[offset].isspace():
        return offset, min(offset + 1, len(text))
    start = offset + 1 - len(f"{text[max(0, offset - _LONGEST_RUN) : offset]}.".split()[-1])
    end = offset + len(text[offset : offset + _LONGEST_RUN].split(maxsplit=1)[0])
    # Scripts without spaces have words of one character.
    first, last = next(
        (span for span in word_spans(text, start, end) if span[0] <= offset < span[1]), (offset, offset + 1)
    )
    inside = _INSIDE.search(text, first, last)
    inner_first, inner_last = inside.span() if inside else (offset, offset + 1)
    return min(inner_first, offset), max(inner_last, offset + 1)
