"""Word lists for deciding whether a capitalised word is a name or an ordinary word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

GENITIVE_S = frozenset("de nl sv da nb nn no is lb".split())
"""Languages in which the genitive of a name is an s without an apostrophe."""

NOUNS_CAPITAL = frozenset(["de", "lb"])
"""Languages that capitalise every noun, so that a capital within a sentence does not mark a name."""

NAME_LIKE_WORDS = frozenset(
    "mark will may rose grace hope faith joy bill jack rob sue pat art drew frank grant dean earl guy chase "
    "hunter summer april june august autumn dawn eve ivy lily violet daisy olive pearl ruby amber jade crystal "
    "robin miles max penny bob chuck skip josh harry peg iris rusty sandy stone young long short brown white "
    "green black grey gray king bush rice banks page cook baker case price power love wise noble reed read wood "
    "woods hill hall lane field brook brooks rivers west north east south fox wolf bird hart day night snow "
    "winter spring frost gale star sky storm basil ginger angel destiny constance patience prudence charity honor "
    "honour mercy melody harmony carol carroll gene ray rich ward wade dale glen cliff clay flint rock ridge "
    "heath forest bud buck buddy sonny junior major duke baron bishop pope abbot cash booth church law lord ford "
    "sterling dollar bond gold silver diamond cherry plum apple bean berry pepper sage clove marina victor "
    "victoria christian dick don ken lance pierce nick randy dusty sunny stormy merry gay jean jerry tony trip ty "
    "van wily wilder swift strong small little savage sharp sweet trace turner walker smith fisher carpenter "
    "mason miller taylor weaver potter porter carter cooper parker barber butler archer gardener gardner farmer "
    "shepherd singer painter driver fuller sawyer tanner thatcher tucker usher visa target amazon shell gap "
    "orange sprint oracle meta windows twitter facebook reading bath nice cork mobile split turkey china chile "
    "guinea jersey wales hull sale deal rye ware hove".split()
)
"""English words in lower case that are also names of people, places or organisations."""

ALWAYS_CAPITAL = frozenset(
    "april may june august christian victoria victor china turkey chile wales jersey angel visa".split()
)
"""Those of them that are capitalised as ordinary words too, for example months."""

# Not in e-mail and web addresses, where names have small letters.
_WORD = re.compile(r"(?<![\w@#./-])[^\W\d_]{2,}(?![\w@])(?![./-]\w)")


_MANY = 3
"""Occurrences from which a word in small letters is a word though no dictionary has it."""


@dataclass(frozen=True)
class OrdinaryWords:
    """Words in small letters that are not only names."""

    common: frozenset[str] = NAME_LIKE_WORDS
    """A capital may be that of a sentence's first word."""
    usual: frozenset[str] = frozenset()
    """Words that the texts have in small letters more often than with a capital."""


NO_TEXTS = OrdinaryWords()
"""The words that are ordinary in any text."""


def find_ordinary_words(texts: Iterable[str], candidates: Collection[str], *, language: str) -> OrdinaryWords:
    """Return those of some words that are ordinary words of the texts.

    They occur in small letters and are in the dictionary of the language, or occur so often and mostly so.
    """
    wanted = set(candidates)
    counts = Counter(word for text in texts for word in _WORD.findall(text) if word.casefold() in wanted)
    lower = {word for word in counts if word.islower()}
    mostly = {word for word in lower if counts[word] >= counts[word.capitalize()] + counts[word.upper()]}
    known = {word for word in lower if is_known_word(word, language)}
    common = known | {word for word in mostly if counts[word] >= _MANY}
    return OrdinaryWords(NAME_LIKE_WORDS | common, frozenset(known & mostly))


def is_known_word(word: str, language: str) -> bool:
    """Return whether a word is in simplemma's dictionary of a language, which it has for some 50."""
    import simplemma

    try:
        return simplemma.is_known(word, lang=language)
    except ValueError:
        return False
