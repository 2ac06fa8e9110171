"""The rule-based sentence splitter; suggestions and counts both use it, and it does not need spaCy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

_COMMON_ABBREVIATIONS = "mr mrs ms dr prof rev hon sr jr st vs etc e.g i.e cf al inc ltd co corp dept est approx"
_LANGUAGE_ABBREVIATIONS = {
    "en": "messrs gen sen rep gov capt col sgt lt ave blvd rd jan feb mar apr jun jul aug sept sep oct nov dec "
    "a.m p.m u.s u.k",
    "de": "z.b d.h u.a o.ä bzw usw ca evtl ggf inkl vgl hr fr str tel u.ä s.o s.u z.t",
    "fr": "m mme mlle mm env p.ex c.-à-d av bd",
    "es": "sra srta dra ud uds p.ej av aprox núm pág",
    "it": "sig sig.ra dott ing ecc p.es",
    "nl": "dhr mevr bijv d.w.z enz o.a m.a.w",
    "pt": "sra dra v.exa p.ex",
}
_SENTENCE_FINAL = frozenset({"a.m", "p.m", "etc", "inc", "ltd", "co", "corp", "jr", "sr", "usw", "ecc", "enz"})
"""Abbreviations that often end a sentence: they do where a capitalised word follows."""

_INITIALISMS = frozenset({"u.s", "u.k", "d.c", "e.u", "u.n"})
"""Abbreviations made of initials: they do not end a sentence before a name ("U.S. Government")."""

_BEFORE_NUMBERS = frozenset("no nos nr núm n vol fig p pp ch sec art para".split())
"""Abbreviations only before a number: "No. 5", but "I said no. They left"."""

_SENTENCE_OPENERS = frozenset(
    "i we he she it they you the a and but so that this there then if when in my our his her".split()
)
"""Words that start a sentence, rather than a surname, after a single letter: "the letter K. I can ..."."""

_POSSIBLE_END = re.compile("[.!?…。！？｡︒؟۔।॥\n]")
"""Characters that may end a sentence; searched for first, since a search for single characters is fast."""

# The look-behind keeps a long run of dots from being matched anew at each dot, which takes quadratic time.
# Marks with blanks between them, as in ". . .", are one ending.
_END = re.compile(
    r"""(?: (?<![.!?]) [.!?]+ (?:[ \u00a0][.!?]+)* | …+[.!?]* | [。！？｡︒؟۔।॥]+ )   # marks that end a sentence
        [)\]}"'”’»›“‘«‹*_」』）】》〉]*               # closing quotation marks and brackets
        (?= \s | \Z | (?<=[。！？｡।॥」』）】》〉]) )  # then white space, except in scripts without it
      | \n[ \t]*\n                                  # a blank line always ends a sentence
    """,
    re.VERBOSE,
)
# Marks that open a word are skipped, but no blank line, since a sentence never depends on the next paragraph.
_NEXT_WORD = re.compile(r"(?:[^\S\n]|[([{\"'“‘«‹*_¿¡–—-]|\n(?![ \t]*\n))*([\w']*\S?)")
# As in "We compared A and B. Nothing differed.": such letters are names of options, not initials of a person.
_LETTER_PAIR = re.compile(r"\b[^\W\d_] (?:and|&|of|or) [^\W\d_]\.[^\w]*\Z")
# The word before a full stop, which closing quotation marks may follow.
_LAST_WORD = re.compile(r"([^\s(\[{\"'“‘«‹—–]+?)\.[)\]}\"'”’»›“‘«‹*_」』）】》〉]*\Z")


@lru_cache(maxsize=8)
def get_abbreviations(language: str, more: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the abbreviations of a language and ``more`` ones, in lower case without the last full stop."""
    words = f"{_COMMON_ABBREVIATIONS} {_LANGUAGE_ABBREVIATIONS.get(language, '')}".split()
    return frozenset(words) | {word.rstrip(".").casefold() for word in more}


def sentence_spans(
    text: str, start: int, end: int, *, abbreviations: Collection[str] = get_abbreviations("en")
) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence in ``text[start:end]``, without the white space around it.

    Only white space is left between two sentences. ``abbreviations`` are those of `get_abbreviations`.
    """
    sentence_start = position = start
    while mark := _POSSIBLE_END.search(text, position, end):
        match = _END.match(text, mark.start(), end)
        position = match.end() if match else mark.end()
        if match and (
            position == end
            or mark[0] == "\n"
            or _is_sentence_end(text, match, start=sentence_start, end=end, abbreviations=abbreviations)
        ):
            if sentence := _trim_span(text, sentence_start, position):
                yield sentence
            sentence_start = position
    if sentence := _trim_span(text, sentence_start, end):
        yield sentence


def _trim_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _is_sentence_end(text: str, match: re.Match[str], *, start: int, end: int, abbreviations: Collection[str]) -> bool:
    """Return whether a mark ends the sentence: not before a lower-case letter, not after an abbreviation."""
    following = _NEXT_WORD.match(text, match.end(), end)
    next_word = following[1] if following else ""
    if next_word[:1].islower():
        return False
    # Only a single full stop can belong to an abbreviation.
    if not match[0].startswith(".") or match[0].count(".") > 1:
        return True
    # No abbreviation is longer; searching from the start of the sentence would take quadratic time in a long one.
    window_start = max(start, match.start() - 24)
    word = _LAST_WORD.search(text, window_start, match.end())
    if word is None:
        return True
    last_word = word[1].casefold()
    if last_word in _SENTENCE_FINAL:
        return next_word[:1].isupper()
    if last_word in _BEFORE_NUMBERS:
        return not next_word[:1].isdigit()
    # A capital letter before a full stop is an initial, except the pronoun "I".
    is_initial = last_word in _INITIALISMS or (len(last_word) == 1 and word[1].isupper() and last_word != "i")
    if is_initial and next_word[:1].isupper():
        # "I'm" and "It's" begin with a pronoun, too.
        first_part = re.split(r"\W", next_word, maxsplit=1)[0]
        return first_part.casefold() in _SENTENCE_OPENERS or bool(_LETTER_PAIR.search(text, window_start, match.end()))
    return last_word not in abbreviations
