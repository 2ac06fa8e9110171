"""The one rule-based sentence splitter: suggestions and counts share it, and it needs no spaCy."""

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
"""Abbreviations that often end a sentence: one ends there when a word with a capital follows."""

_INITIALISMS = frozenset({"u.s", "u.k", "d.c", "e.u", "u.n"})
"""Abbreviations in letters: like an initial, one goes on before a name ("U.S. Government")."""

_BEFORE_NUMBERS = frozenset("no nos nr núm n vol fig p pp ch sec art para".split())
"""Abbreviations only where a number follows: "No. 5", but "I said no. They left"."""

_SENTENCE_OPENERS = frozenset(
    "i we he she it they you the a and but so that this there then if when in my our his her".split()
)
"""Words that after a single letter begin a sentence rather than a surname: "the letter K. I can ..."."""

_POSSIBLE_END = re.compile("[.!?…。！？｡︒؟۔।॥\n]")
"""What could end a sentence: looked for first, since a search for one of some characters is fast."""

_END = re.compile(
    r"""(?: (?<![.!?]) [.!?]+ (?:[ \u00a0][.!?]+)* | …+[.!?]* | [。！？｡︒؟۔।॥]+ )   # what ends a sentence
        [)\]}"'”’»›“‘«‹*_」』）】》〉]*               # and may be followed by what closes a quotation
        (?= \s | \Z | (?<=[。！？｡।॥」』）】》〉]) )  # then comes space, except where a script has none
      | \n[ \t]*\n                                  # a blank line ends a sentence anyway
    """,
    re.VERBOSE,
)
_NEXT_WORD = re.compile(r"(?:[^\S\n]|[([{\"'“‘«‹*_¿¡–—-]|\n(?![ \t]*\n))*([\w']*\S?)")
_LETTER_PAIR = re.compile(r"\b[^\W\d_] (?:and|&|of|or) [^\W\d_]\.[^\w]*\Z")
_LAST_WORD = re.compile(r"([^\s(\[{\"'“‘«‹—–]+?)\.[)\]}\"'”’»›“‘«‹*_」』）】》〉]*\Z")


@lru_cache(maxsize=8)
def get_abbreviations(language: str, more: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the words (lower case, last full stop off) that end in a full stop inside a sentence."""
    words = f"{_COMMON_ABBREVIATIONS} {_LANGUAGE_ABBREVIATIONS.get(language, '')}".split()
    return frozenset(words) | {word.rstrip(".").casefold() for word in more}


def sentence_spans(
    text: str, start: int, end: int, *, abbreviations: Collection[str] = get_abbreviations("en")
) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of ``text[start:end]``, white space around it left out.

    ``short`` holds the abbreviations. Nothing but white space lies between two sentences.
    """
    begin = position = start
    while mark := _POSSIBLE_END.search(text, position, end):
        match = _END.match(text, mark.start(), end)
        position = match.end() if match else mark.end()
        if match and (position == end or mark[0] == "\n" or _is_sentence_end(text, begin, match, end, abbreviations)):
            if sentence := _trim_span(text, begin, position):
                yield sentence
            begin = position
    if sentence := _trim_span(text, begin, end):
        yield sentence


def _trim_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _is_sentence_end(text: str, begin: int, match: re.Match[str], end: int, short: Collection[str]) -> bool:
    """Tell whether this mark ends the sentence: not before a small letter, not after an abbreviation."""
    following = _NEXT_WORD.match(text, match.end(), end)
    after = following[1] if following else ""
    if after[:1].islower():
        return False
    if not match[0].startswith(".") or match[0].count(".") > 1:
        return True
    window = max(begin, match.start() - 24)
    word = _LAST_WORD.search(text, window, match.end())
    if word is None:
        return True
    last = word[1].casefold()
    if last in _SENTENCE_FINAL:
        return after[:1].isupper()
    if last in _BEFORE_NUMBERS:
        return not after[:1].isdigit()
    letters = last in _INITIALISMS or (len(last) == 1 and word[1].isupper() and last != "i")
    if letters and after[:1].isupper():
        first = re.split(r"\W", after, maxsplit=1)[0]
        return first.casefold() in _SENTENCE_OPENERS or _LETTER_PAIR.search(text, window, match.end()) is not None
    return last not in short
