"""Words that may be a name of the key: initials, and names with one mistyped letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from unicodedata import combining, normalize

from qualcode.pseudonyms.text.common_words import is_known_word
from qualcode.pseudonyms.text.name_key import Name, NameKey

_INITIALS_DOUBT, _MISTYPED_DOUBT = "initials", "mistyped, or another name"
WORD_DOUBTS = frozenset({_INITIALS_DOUBT, _MISTYPED_DOUBT})
"""Doubts about a word, whatever is around it."""
_MIN_LETTERS = 5
"""Letters of a word that is compared with names: shorter words are like too many."""
_INITIALS = re.compile(
    r"(?<![^\W_])(?:(?:[^\W\d_]\.[ \u00a0]?){1,4}[^\W\d_]\.|(?<=\()[^\W\d_]{2,5}(?=\))|^[^\W\d_]{2,5}(?=[:：]))",
    re.MULTILINE,
)
"""J. N., and JN as a speaker's label or in brackets."""
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{5,}(?![^\W_])")


class UnsureWords:
    """Finds words that may be a name of a key, and are to be decided by a person."""

    def __init__(self, key: NameKey, language: str) -> None:
        self.key, self.language = key, language
        self._judge = lru_cache(maxsize=100_000)(self._find_mistyped)

    def __call__(self, text: str) -> Iterator[tuple[int, int, Name, str]]:
        """Yield start, end, name and doubt of each such word."""
        for match in _INITIALS.finditer(text):
            if name := self._initials.get(re.sub(r"[\W\d_]", "", match[0])):
                yield *match.span(), name, _INITIALS_DOUBT
        for match in _WORD.finditer(text):
            if match[0][0].isupper() and (name := self._judge(match[0])):
                yield *match.span(), name, _MISTYPED_DOUBT

    @cached_property
    def _initials(self) -> dict[str, Name]:
        words = ((name, form.split()) for name in reversed(self.key.names) for form in name.forms)
        return {"".join(word[0] for word in each): name for name, each in words if len(each) > 1}

    @cached_property
    def _neighbours(self) -> dict[str, Name]:
        """Names by their words, and by these with one letter left out."""
        neighbours: dict[str, Name] = {}
        for name in reversed(self.key.names):
            for form in name.forms:
                for word in re.findall(r"[^\W\d_]{5,}", form):
                    neighbours |= dict.fromkeys(_shortened(_plain(word)), name)
        return neighbours

    @cached_property
    def _name_words(self) -> frozenset[str]:
        forms = (form for name in self.key.names for form in name.forms)
        words = {_plain(word) for form in forms for word in re.findall(r"[^\W\d_]+", form)}
        return frozenset(words | {word + ending for word in words for ending in ("s", "es")})

    def _find_mistyped(self, word: str) -> Name | None:
        """Return the name that a word is but for one letter, unless it is in the dictionary or a name itself."""
        plain = _plain(word)
        if plain in self._name_words:
            return None
        name = next((self._neighbours[each] for each in _shortened(plain) if each in self._neighbours), None)
        return None if name is None or is_known_word(word.lower(), self.language) else name


def _plain(word: str) -> str:
    return "".join(letter for letter in normalize("NFKD", word.casefold()) if not combining(letter))


def _shortened(word: str) -> list[str]:
    """Return a word, and it without one letter: two words that share one of these differ in about one letter."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]
