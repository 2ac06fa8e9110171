"""The rule-based sentence splitter; suggestions and counts both use it, and it does not need spaCy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

from qualcode.segments.line_breaks import NO_LINE_BREAKS, find_line_breaks
from qualcode.segments.sentence_languages import INITIALISMS, QUOTATION_FOLLOWERS
from qualcode.segments.sentence_rules import (
    BULLETS,
    CLOSING_MARKS,
    QUOTATION_ENDS,
    SentenceRules,
    get_sentence_rules,
    known_abbreviations,
)

# Marks that open a word are skipped, but no blank line, since a sentence never depends on the next paragraph.
_NEXT_WORD = re.compile(r"(?:[^\S\n]|[([{\"'“‘«‹*_¿¡–—-]|\n(?![ \t]*\n))*([\w']*\S?)")
# As in "We compared A and B. Nothing differed.": such letters are names of options, not initials of a person.
_LETTER_PAIR = re.compile(r"\b[^\W\d_] (?:and|&|of|or) [^\W\d_]\.[^\w]*\Z")
# The word before a full stop, which closing quotation marks may follow.
_LAST_WORD = re.compile(rf"([^\s(\[{{\"'“‘«‹—–]+?)\.{CLOSING_MARKS}\Z")
# Numbers also in Roman numerals; a single letter may be a name or a word.
_NUMBER = re.compile(r"\d|(?:[IVXLC]{2,}|[VX])\b")
_INITIALS = re.compile(r"[^\W\d_]\.-[^\W\d_]")
_BEHIND_NUMBER = re.compile(r"(?:\d|\b[IVX]+)\s?\w+\.\W*\Z")
_FOLLOWER = re.compile(QUOTATION_FOLLOWERS)


# A stop between a word and a letter: whether the writer begins sentences in lower case is counted at these.
_BOUNDARY = re.compile(r"([^\W\d_]{2,99})([.!?])\s++([^\W\d_])")
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_VOWEL = re.compile("[aeiouy]")
_WORDS_BEHIND = re.compile(r"[^\S\n]+\S|[^\S\n]*\n[^\S\n]*\S")

Span = tuple[int, int]


def sentence_spans(
    text: str, start: int, end: int, *, sentence_rules: SentenceRules = get_sentence_rules("en")
) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence in ``text[start:end]``, without the white space around it.

    Only white space and the bullets of lists are left between two sentences.
    """
    rules = sentence_rules
    breaks = find_line_breaks(text, start, end) if text.find("\n", start, end) >= 0 else NO_LINE_BREAKS
    position = sentence_start = breaks.starts.get(start, start)
    search, match_end = rules.possible_end.search, rules.sentence_end.match
    while mark := search(text, position, end):
        first, position = mark.span()
        sign = text[first]
        match = match_end(text, first, end)
        stop = position = match.end() if match else position
        if sign == "\n":
            if match is None and position not in breaks.starts:
                continue
            stop, position = first, breaks.starts.get(position, position)
        elif match is None:
            if sign not in BULLETS or not _is_bullet(text, first, (start, end)):
                continue
            stop = first
        elif position < end and (
            first in breaks.numbers or not _is_sentence_end(text, match, (sentence_start, end), rules, start)
        ):
            continue
        elif sign > "\u2fff" and text[position : position + 1] == '"' and text.count('"', sentence_start, position) % 2:
            stop = position = position + 1  # closes a quotation, though a word follows at once
        if sentence := _trim_span(text, sentence_start, stop):
            yield sentence
        sentence_start = position
    if sentence := _trim_span(text, sentence_start, end):
        yield sentence


def _is_bullet(text: str, place: int, span: Span) -> bool:
    """Return whether a sign is between white space, with words behind it."""
    is_first = place == span[0] or text[place - 1].isspace()
    return is_first and _WORDS_BEHIND.match(text, place + 1, span[1]) is not None


def _trim_span(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _is_sentence_end(text: str, match: re.Match[str], sentence: Span, rules: SentenceRules, turn_start: int) -> bool:
    """Return whether a mark ends the sentence, which depends on the words before and after it.

    ``sentence`` is the text from the start of the sentence to the end of the turn.
    """
    start, end = sentence
    place, stop = match.span()
    # The usual case first, without regular expressions: a word of letters, a full stop, a blank, a capital letter.
    if stop == place + 1 and text[place] == "." and text[stop + 1 : stop + 2].isupper():
        word = text[max(start, text.rfind(" ", start, place) + 1) : place]
        is_alone = len(word) > 4 or text.count(".", max(start, place - 8), place + 8) == 1
        is_word = is_alone and len(word) > 1 and word.isalpha() and not word.isupper()
        if is_word and word.casefold() not in rules.abbreviations:
            return True
    following = _NEXT_WORD.match(text, stop, end)
    next_word = following[1] if following else ""
    is_before_lower = next_word[:1].islower() and not (rules.clitic and rules.clitic.match(text, stop, end))
    # Only a single full stop can belong to an abbreviation.
    if not match[0].startswith(".") or match[0].count(".") > 1:
        if stop > place + 1 and text[stop - 1] in QUOTATION_ENDS and _FOLLOWER.match(text, stop, end):
            return False
        return not is_before_lower or (not match[0].strip("!?") and _is_casual(text, turn_start, end))
    # No abbreviation is longer; searching from the start of the sentence would take quadratic time in a long one.
    window_start = max(start, place - 24)
    found = _LAST_WORD.search(text, window_start, stop)
    if found is None:
        return not is_before_lower
    word = found[1]
    # Long words are no parts of expressions.
    if len(word) <= 4 or word[-1].isdigit():
        expression = _find_expression(text, place, word, (window_start, end), rules)
        if expression and expression.end() > place + 1:
            return False
        word = re.sub(r"\s", "", expression[0])[:-1] if expression else word
    if is_before_lower:
        if word.isdecimal() and found.start(1) == start:
            return False  # the number of an item or a question
        is_casual = rules.ends_before_lower_case or _is_casual(text, turn_start, end)
        return match[0] == "." and is_casual and _ends_before_lower_case(word.casefold(), rules)
    return _ends_before_capital(word, next_word, text[window_start:stop], rules)


def _find_expression(text: str, place: int, word: str, span: Span, rules: SentenceRules) -> re.Match[str] | None:
    """Return the abbreviation with spaces, date or ordinal to which the full stop at ``place`` belongs, if any."""
    has_more_stops = text.find(".", place + 1, place + 8) >= 0 or text.find(".", place - 8, place) >= 0
    if not (has_more_stops or word[-1].isdigit() or (word.isupper() and rules.has_ordinals)):
        return None
    matches = rules.expressions.finditer(text, max(span[0], place - 16), min(span[1], place + 32))
    return next((match for match in matches if match.start() < place < match.end()), None)


def _ends_before_capital(word: str, next_word: str, window: str, rules: SentenceRules) -> bool:
    """Return whether a full stop behind a word ends the sentence, where no lower-case word follows."""
    last_word = word.casefold() if word.isascii() else normalize("NFC", word).casefold()
    if len(last_word) > 1 and last_word not in rules.abbreviations:
        if "-" in word and _INITIALS.fullmatch(word):
            return next_word.casefold() in rules.openers
        return not (last_word.endswith(rules.number_endings) and _NUMBER.match(next_word))
    if last_word in rules.years and _BEHIND_NUMBER.search(window):
        return next_word[:1].isupper()
    if last_word in rules.units:
        return next_word.casefold() in rules.openers
    if last_word in rules.final:
        return next_word[:1].isupper()
    if last_word in rules.before_numbers:
        return not _NUMBER.match(next_word)
    # A capital letter before a full stop is an initial, except the pronoun "I".
    is_initial = last_word in INITIALISMS or (len(last_word) == 1 and word.isupper() and last_word != "i")
    if is_initial and next_word[:1].isupper():
        # "I'm" and "It's" begin with a pronoun, too.
        first_part = re.split(r"\W", next_word, maxsplit=1)[0]
        return first_part.casefold() in rules.openers or bool(_LETTER_PAIR.search(window))
    return last_word not in rules.inside


def _ends_before_lower_case(word: str, rules: SentenceRules) -> bool:
    """Return whether a full stop before a lower-case word ends the sentence: not behind an abbreviation."""
    if word in rules.inside or word in known_abbreviations():
        return False
    if word.isdecimal():
        return not rules.has_ordinals
    # What has no vowel is an abbreviation that no table has.
    letters = word.strip(")]\"'”’*_")
    return len(letters) > 1 and "." not in letters and (not letters.isascii() or bool(_VOWEL.search(letters)))


@lru_cache(maxsize=16)
def _is_casual(text: str, start: int, end: int) -> bool:
    """Return whether the writer of a turn begins sentences in lower case."""
    first = _FIRST_LETTER.search(text, start, end)
    begins_lower = first is not None and first[0].islower()
    letters: list[str] = [
        match[3]
        for match in _BOUNDARY.finditer(text, start, end)
        # A name may end in another mark, as "Yahoo!" does.
        if match[1].casefold() not in known_abbreviations() and (begins_lower or match[2] == ".")
    ]
    lower = sum(letter.islower() for letter in letters)
    others = len(letters) - lower
    return 0 < lower >= (others if begins_lower else max(2, 3 * others))
