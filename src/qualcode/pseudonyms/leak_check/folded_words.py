"""Words of a text, folded: without case, accents, hidden characters and look-alike letters, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category, normalize

from qualcode.pseudonyms.text.name_patterns import HIDDEN, MARKS

_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{HIDDEN}{MARKS}])*|\d+")
# Letters of scripts that are written without spaces (Thai to Burmese, kana, Han) are words of their own.
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PART_STARTS = re.compile(rf"(?=[{_NO_SPACES}])|(?<=[{_NO_SPACES}])")
# Letters without a decomposition, and Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "øđłħŧıðаеорсухіјѕһԁԛԝьгпкмтвαορνικυτχγηβεζ",
    "odlhtidaeopcyxijshdqwbrnkmtbaopvikutxynbez",
)
_LIGATURES = {"æ": "ae", "œ": "oe", "þ": "th"}


class FoldedWord(NamedTuple):
    """A word of a text, or a part of one such as Ann in AnnMiller."""

    start: int
    end: int
    folded: str
    is_start: bool
    """Whether no letter is before it."""
    is_end: bool
    """Whether no letter is after it."""


def fold(word: str) -> str:
    """Return a word without case, accents and hidden characters, with Latin letters for those that look like them.

    >>> fold("NÚÑEZ"), fold("Mu\u00adller"), fold("\\uff21nn")
    ('nunez', 'muller', 'ann')
    """
    if word.isascii():
        return word.lower()
    letters = (letter for letter in normalize("NFKD", word.casefold()) if category(letter) not in {"Mn", "Me", "Cf"})
    folded = "".join(letters).casefold().translate(_LOOKALIKES)
    for ligature, plain in _LIGATURES.items():
        folded = folded.replace(ligature, plain)
    return re.sub(f"[{HIDDEN}]", "", folded)


def folded_words(text: str) -> Iterator[FoldedWord]:
    """Yield the words of a text in order."""
    for match in _WORD.finditer(text):
        start = match.start()
        parts = _split_word(match[0])
        last = len(parts) - 1
        for index, (offset, end, folded) in enumerate(parts):
            yield FoldedWord(start + offset, start + end, folded, index == 0, index == last)


@lru_cache(maxsize=100_000)
def _split_word(word: str) -> tuple[tuple[int, int, str], ...]:
    """Return start, end and folded form of the parts of a word, which begin at a capital after a small letter."""
    if word.isascii() and (word.islower() or word.istitle() or word.isupper()):
        return ((0, len(word), word.lower()),)
    starts = {0, *(match.start() for match in _PART_STARTS.finditer(word))} - {len(word)}
    visible = [(index, letter) for index, letter in enumerate(word) if letter.isalpha()]
    pairs = pairwise(visible)
    starts |= {index for (_, before), (index, letter) in pairs if before.islower() and letter.isupper()}
    ordered = [*sorted(starts), len(word)]
    return tuple((start, end, fold(word[start:end])) for start, end in pairwise(ordered))
