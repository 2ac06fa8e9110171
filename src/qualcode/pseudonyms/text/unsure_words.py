"""Words that may be a name of the key: initials, and names with one mistyped letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from unicodedata import combining, normalize

from qualcode.pseudonyms.text.common_words import is_known_word
from qualcode.pseudonyms.text.name_key import Name, NameKey

_MIN_LETTERS = 5
"""Letters of a word that is compared with names: shorter words are like too many."""
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{5,}(?![^\W_])")


class UnsureWords:
    """Finds words that may be a name of a key, and are to be decided by a person."""

    def __init__(self, key: NameKey, language: str) -> None:
        self.key, self.language = key, language
        self._judge = lru_cache(maxsize=100_000)(self._find_mistyped)

    def __call__(self, text: str) -> Iterator[tuple[int, int, Name, str]]:
        """Yield start, end, name and doubt of each such word."""
        for match in self._initials[0].finditer(text) if self._initials[1] else ():
            yield *match.span(), self._initials[1][(match.lastindex or 1) - 1], "initials"
        for match in _WORD.finditer(text):
            if match[0][0].isupper() and (name := self._judge(match[0])):
                yield *match.span(), name, "mistyped, or another name"

    @cached_property
    def _initials(self) -> tuple[re.Pattern[str], list[Name]]:
        """The pattern of initials (J. N., and JN as a label or in brackets), and the names of its groups."""
        words = ((name, form.split()) for name in reversed(self.key.names) for form in name.forms)
        names = {"".join(word[0] for word in each): name for name, each in words if 1 < len(each) < _MIN_LETTERS}
        return re.compile("|".join(map(_initials_pattern, names)), re.MULTILINE), list(names.values())

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


def _initials_pattern(initials: str) -> str:
    # Escaped, since a name may have other words than letters: & Co.
    letters = [re.escape(letter) for letter in initials]
    dotted, joined = r"[.][ \u00a0]?".join(letters), "".join(letters)
    return rf"(?<![^\W_])({dotted}[.]|(?<=\(){joined}(?=\))|^{joined}(?=[:：]))"


def _plain(word: str) -> str:
    return "".join(letter for letter in normalize("NFKD", word.casefold()) if not combining(letter))


def _shortened(word: str) -> list[str]:
    """Return a word, and it without one letter: two words that share one of these differ in about one letter."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]
