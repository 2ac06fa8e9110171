"""The words of a universe as numbers: which word each participants' word is, in plain form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category

import numpy as np

from qualcode.incidence import Universe
from qualcode.incidence.universe import Flags, Ints
from qualcode.study.study import Study
from qualcode.suggest.cues.typography import make_plain


@dataclass(frozen=True)
class SpokenWords:
    """The participants' words of a universe, in its order.

    ``number`` is each word's position in ``vocabulary``, ``transcript`` that of its transcript, and ``has_next``
    whether nothing but white space separates it from the word after it, in the same turn; all of shape (words,).
    """

    vocabulary: tuple[str, ...]
    number: Ints
    transcript: Ints
    has_next: Flags


def list_spoken_words(study: Study, universe: Universe) -> SpokenWords:
    """Return the words of a universe: lower case, without the signs around them, apostrophes in one form."""
    numbers: dict[str, int] = {}
    number = np.zeros(len(universe.word_start), dtype=np.int64)
    has_next = np.zeros(len(universe.word_start), dtype=bool)
    for position, (word, is_joined) in enumerate(_iterate_words(study, universe)):
        number[position] = numbers.setdefault(word, len(numbers))
        has_next[position] = is_joined
    # Two turns may have no sign between them.
    turn = np.searchsorted(universe.turn_start, universe.word_start, "right")
    has_next[:-1] &= turn[1:] == turn[:-1]
    has_next[-1:] = False
    transcript = np.repeat(np.arange(len(universe.transcripts)), universe.transcript_words)
    return SpokenWords(tuple(numbers), number, transcript, has_next)


def _iterate_words(study: Study, universe: Universe) -> Iterator[tuple[str, bool]]:
    """Yield each word in plain form, and whether only white space separates it from the next one."""
    first = 0
    for name, offset, size in zip(
        universe.transcripts, universe.transcript_offset.tolist(), universe.transcript_words.tolist(), strict=True
    ):
        text = study.transcripts[name].text
        starts = (universe.word_start[first : first + size] - offset).tolist()
        ends = (universe.word_end[first : first + size] - offset).tolist()
        first += size
        for start, end, following in zip(starts, ends, [*starts[1:], len(text)], strict=True):
            word = text[start:end]
            bare = word if word.isalnum() else word.strip(_SIGNS)
            # The signs at the end of this word, between it and the next one, and at the beginning of that.
            after = text[start + word.find(bare) + len(bare) : following]
            is_joined = not after.strip() and text[following : following + 1] not in _SIGNS
            yield (bare if bare.isascii() else make_plain(bare).text).casefold(), is_joined


_SIGNS = "".join(
    character
    for character in map(chr, (*range(0x3100), *range(0xFE10, 0xFE70), *range(0xFF00, 0xFF66)))
    if category(character)[0] in "PSZC"
)
"""Punctuation, symbols and spaces that may stand around a word; marks that belong to letters are none."""
