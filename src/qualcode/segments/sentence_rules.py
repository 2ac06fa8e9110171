"""What a full stop means in a language, compiled from the tables of languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from qualcode.segments.sentence_languages import (
    BACKWARD_QUOTATION_LANGUAGES,
    COMMON,
    FINAL_WORDS,
    INITIALISMS,
    LANGUAGES,
    MORE_ABBREVIATIONS,
    ORDINAL_LANGUAGES,
    ORDINARY_WORDS,
    Language,
)

_UNSPACED_STOPS = "。！？｡।॥։።፧။།༎។៕"
_UNSPACED_CLOSING = "」』）】》〉〕］｝〗"
_CLOSING = rf"""[)\]}}"'”’»›“‘«‹*_{_UNSPACED_CLOSING}]"""
# Where a word may follow at once, as in Chinese, marks that also open a quotation are left out.
_CLOSING_BEFORE_WORD = rf"""(?:[)\]}}”’»›_{_UNSPACED_CLOSING}]|["'“‘«‹*](?=\s|\Z))*"""
CLOSING_MARKS = rf"(?:{_CLOSING}|[ \u00a0\u202f][»›”)\]])*"
"""Expression of the marks between a full stop and the end of its sentence."""
_UNSPACED_ENDS = f"{_UNSPACED_STOPS}{_UNSPACED_CLOSING}"
"""Characters that may end a sentence without white space behind them."""
_IDEOGRAPH = "[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
UNSPACED_END = re.compile(rf"[{_UNSPACED_ENDS}…]\S|[!?]{_IDEOGRAPH}")
"""Where a sentence may end without white space behind it."""
QUOTATION_ENDS = frozenset('”’»›」』"')

BULLETS = "•‣◦●○■□▪▫➢➤►▶✓✔∙⁃\x7f\uf0b7\uf0a7"
"""Signs that begin an item of a list wherever they stand between white space."""


@dataclass(frozen=True, slots=True, eq=False)
class SentenceRules:
    """How sentences of one language end; words are in lower case, without the last full stop."""

    inside: frozenset[str]
    final: frozenset[str]
    before_numbers: frozenset[str]
    number_endings: tuple[str, ...]
    units: frozenset[str]
    years: frozenset[str]
    abbreviations: frozenset[str]
    """All of these."""
    openers: frozenset[str]
    expressions: re.Pattern[str]
    """Expressions with full stops that end no sentence: abbreviations written with spaces, dates, ordinals."""
    possible_end: re.Pattern[str]
    """Characters that may end a sentence; searched for first, since a search for single characters is fast."""
    sentence_end: re.Pattern[str]
    has_ordinals: bool
    """Whether a number with a full stop is an ordinal."""
    clitic: re.Pattern[str] | None
    """A word in lower case that begins a sentence, with the capital letter of the next word."""
    ends_before_lower_case: bool
    """Whether a full stop also ends a sentence before a lower-case word if the writer otherwise uses capitals."""
    key: tuple[str, ...]
    """Language and additional abbreviations: rules with one key are equal."""


@lru_cache(maxsize=8)
def get_sentence_rules(language: str, more: tuple[str, ...] = ()) -> SentenceRules:
    """Return the rules of a language; ``more`` abbreviations do not end a sentence either."""
    own = LANGUAGES.get(language, Language())
    inside, final = _words(own.inside) | {word.rstrip(".").casefold() for word in more}, _words(own.final)
    has_ordinals = language in ORDINAL_LANGUAGES
    stops = rf".!?\u037e\u203c\u2047-\u2049{own.question_marks}"
    # The language overrides what is common: Spanish "Sr." stands before a name, English "Sr." behind it.
    inside, final = (inside | _words(COMMON.inside)) - final, final | (_words(COMMON.final) - inside)
    numbers = (_words(own.numbers) | _words(COMMON.numbers)) - inside
    units, years = _words(own.units), _words(own.years)
    return SentenceRules(
        inside=inside,
        final=final,
        before_numbers=numbers,
        number_endings=tuple(own.number_endings.split()),
        units=units,
        years=years,
        abbreviations=inside | final | numbers | units | years | INITIALISMS,
        openers=_words(own.openers) | _words(LANGUAGES["en"].openers),
        expressions=_compile_expressions(own, inside | final, has_ordinals=has_ordinals),
        possible_end=re.compile(f"[{stops}…{_UNSPACED_STOPS}︒؟۔．{BULLETS}\n]"),
        sentence_end=_compile_sentence_end(stops, closing="›”" if language in BACKWARD_QUOTATION_LANGUAGES else "»›”"),
        has_ordinals=has_ordinals,
        clitic=re.compile(rf"\s*['’‘](?:{own.clitics.replace(' ', '|')})\s+[^\W\d_a-z]") if own.clitics else None,
        # Only for the language whose abbreviations are known best.
        ends_before_lower_case=language == "en",
        key=(language, *sorted(more)),
    )


@lru_cache(maxsize=1)
def known_abbreviations() -> frozenset[str]:
    """Return the abbreviations of all languages: people quote other languages, and tables are never complete."""
    tables = (COMMON, *LANGUAGES.values())
    words = _words(" ".join(f"{table.inside} {table.final} {table.numbers} {table.units}" for table in tables))
    return (words | _words(MORE_ABBREVIATIONS)) - ORDINARY_WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(normalize("NFC", word).casefold() for word in text.split())


def _compile_sentence_end(stops: str, *, closing: str) -> re.Pattern[str]:
    # The look-behind keeps a long run of dots from being matched anew at each dot, which takes quadratic time.
    # Marks with blanks between them, as in ". . .", are one ending.
    hesitates_not = "|".join(f"(?<={word}…)" for word in FINAL_WORDS.split())
    end = rf"""(?: (?<![{stops}]) [{stops}]+ (?:[ \u00a0][.!?]+)* | …+[.!?]* | [︒؟۔．]+ )
        {_CLOSING}*                               # closing quotation marks and brackets
        (?: (?= \s [^{closing})\]] )                    # then white space, except in scripts without it
          | (?: [\ \u00a0\u202f] [{closing})\]] (?= [\s.,;:!?)\]»] | \Z ) )* (?= \s | \Z | (?<=[{_UNSPACED_ENDS}]) ) )
      | (?: [{_UNSPACED_STOPS}] [{_UNSPACED_STOPS}…!?]*
          | [!?] (?<={_IDEOGRAPH}[!?]) [!?]* (?={_IDEOGRAPH})
          | … (?:{hesitates_not}) …+ (?={_IDEOGRAPH}) )
        {_CLOSING_BEFORE_WORD} (?: [（(] [^（）()\n]{{1,12}} [）)] )*    # and what the recorder notes, as "(laughs)"
      | \n[ \t]*\n                               # a blank line always ends a sentence
    """
    return re.compile(end, re.VERBOSE)


def _compile_expressions(language: Language, abbreviations: Iterable[str], *, has_ordinals: bool) -> re.Pattern[str]:
    dotted = sorted((word for word in set(abbreviations) if "." in word), key=len, reverse=True)
    spaced = [r"\.\s?".join(map(re.escape, word.split("."))) + r"\." for word in dotted]
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})", r"(?<!\w)\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})\b"]
    if has_ordinals:
        parts.append(r"(?<!\w)\d{1,2}\.\s?(?:0?[1-9]|1[0-2])\.(?=\s?[^\W\d])")
    if language.ordinal_nouns:
        number = r"(?:\d{1,3}|[IVXL]{1,6})\."
        nouns, articles, openers = (
            "|".join(words.split()) for words in (language.ordinal_nouns, language.ordinal_articles, language.openers)
        )
        parts.append(rf"(?<!\w){number}\s\w*?(?:{nouns})\b")
        # Any other noun behind an article: "im 2. Anlauf", but "sie kam am 3. Dann ...".
        parts.append(rf"\b(?:{articles})\s{number}\s(?!(?:{openers})\b)\w{{2}}")
    return re.compile("|".join(parts), re.IGNORECASE)
