"""Find names in a text in all their sure forms, with a reason where a word may not be a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from qualcode.pseudonyms.text.common_words import (
    ALWAYS_CAPITAL,
    GENITIVE_S,
    NAME_LIKE_WORDS,
    NO_TEXTS,
    NOUNS_CAPITAL,
    OrdinaryWords,
)
from qualcode.pseudonyms.text.name_key import NameKey, normalise_name
from qualcode.pseudonyms.text.name_patterns import (
    HIDDEN_AND_HYPHENS,
    HIDDEN_CHARACTERS,
    NamePattern,
    build_exact_pattern,
    build_loose_pattern,
    compile_phrases,
    find_phrase_spans,
)
from qualcode.pseudonyms.text.unsure_words import UnsureWords

# Quotation marks, brackets, Markdown, dashes and READER_SPACE: they may come between two sentences.
_OPENING = "\"'“”„‘’«»‹›([{*_>#-–—•~ \u00a0\x1e\t¿¡"
# The full stop of a title does not end a sentence.
_TITLE = re.compile(r"(?:^|[^\w])(?:Mr|Mrs|Ms|Dr|Prof|St|Hr|Fr|Sr|Jr)\.[ \u00a0]*$")
_LABEL_END = re.compile(
    r"[^\S\n]*[*_]{0,3}[^\S\n]*(?:[\[(]?[\d:.,]+[\])]?[^\S\n]*)?[*_]{0,3}(?:[:：]|(?<=[\d\])])[^\S\n]*$)", re.M
)
"""What follows a speaker's label: a colon, or a time that ends the line."""

# An article before a plural: the Millers.
_ARTICLE = re.compile(r"\b(?:the|die|der|den|de|les|los|las|dei|gli)\s+$", re.IGNORECASE)
_ADDRESS_BEFORE = re.compile(r"[@#][\w.+-]*$")
# Limited: long texts without spaces would take quadratic time.
_ADDRESS_AFTER = re.compile(r"[\w.+-]{0,80}@\w")
_DIGITS = re.compile(r"\d*")
_MIN_LOWER = 4
"""Letters of a single name that certainly is one in small letters."""
_MIN_JOINED = 7
"""Letters of a name of several words that certainly is one if they are written as one word."""
# The rest of a line around a whole YAML key, value or item of a list in brackets, with a comment.
_YAML_BEFORE = re.compile(r"""\s*(?:-\s+)?(?:[\w "'-]+:\s+)?(?:\[(?:[\w .'"-]+,\s*)*)?["']?""")
_YAML_AFTER = re.compile(r"""["']?\s*(?::(?:\s.*)?|(?:,[\w .'",-]+)?\]\s*(?:\#.*)?|\#.*)?""")

TextKind = Literal["prose", "field", "yaml"]
"""Kind of a text; ``field`` is a label, an id or a cell, in which every match is a name."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A match of a name in a text."""

    start: int
    end: int
    name: str
    words: str
    """The words that matched."""
    replacement: str
    doubt: str = ""
    """Why the match may not be this name; empty if it certainly is."""


@dataclass(frozen=True)
class NameFinder:
    """Finds the names of a key as whole words, in all their sure forms; ``ordinary`` words may not be names.

    With ``exact`` it finds them only as they are written in the key and in capitals.
    """

    key: NameKey
    language: str = "en"
    ordinary: OrdinaryWords = NO_TEXTS
    exact: bool = False

    @cached_property
    def _forms(self) -> Mapping[str, tuple[str, str]]:
        """Name and pseudonym by each form, including forms in capitals."""
        pairs = [(name, form) for name in self.key.names for form in name.forms]
        exact = {normalise_name(form): (name.name, name.pseudonym) for name, form in pairs}
        capitals = {
            normalise_name(form).upper(): (name.name, name.pseudonym.upper()) for name, form in pairs if len(form) > 1
        }
        # A form that the key itself has in capitals has its pseudonym as written.
        return capitals | exact

    @cached_property
    def _pattern(self) -> NamePattern:
        if self.exact:
            return build_exact_pattern(self._forms)
        return build_loose_pattern({normalise_name(form) for name in self.key.names for form in name.forms})

    @cached_property
    def _keep_patterns(self) -> list[re.Pattern[str]]:
        return compile_phrases(self.key.keep)

    @cached_property
    def _always_patterns(self) -> list[re.Pattern[str]]:
        return compile_phrases(self.key.always)

    @cached_property
    def _unsure_words(self) -> UnsureWords:
        return UnsureWords(self.key, self.language)

    def __call__(self, text: str, *, kind: TextKind = "prose") -> list[NameMatch]:
        """Return the names in a text in order."""
        matches = self._find_with_hidden(text, kind) if not self.exact else list(self._find_names(text, kind))
        if kind == "prose" and not self.exact:
            matches += self._find_unsure_words(text, matches)
        if not matches:
            return []
        keep = find_phrase_spans(self._keep_patterns, text)
        always = find_phrase_spans(self._always_patterns, text)
        return [
            replace(match, doubt="") if _is_within(match, always) else match
            for match in sorted(matches, key=lambda match: match.start)
            if not _is_within(match, keep)
        ]

    def _find_names(self, text: str, kind: TextKind) -> Iterator[NameMatch]:
        for start, end, word_end, form in self._pattern.find_spans(text):
            if match := self._build_match(text, (start, end, word_end), form, kind):
                yield match

    def _find_with_hidden(self, text: str, kind: TextKind) -> list[NameMatch]:
        """Return the names in a text, also those with hidden characters or a hyphen at a line end inside."""
        if not HIDDEN_AND_HYPHENS.search(text):
            return list(self._find_names(text, kind))
        matches: list[NameMatch] = []
        # Without hyphens last, and only names that have one: before Ann, well- is a word of its own.
        for left_out in (HIDDEN_CHARACTERS, HIDDEN_AND_HYPHENS):
            places = _places_outside(left_out, text)
            taken = _places_of(matches)
            for match in self._find_names("".join(text[place] for place in places), kind):
                start, end = places[match.start], places[match.end - 1] + 1
                if taken.isdisjoint(range(start, end)):
                    matches.append(replace(match, start=start, end=end, words=text[start:end]))
        return matches

    def _find_unsure_words(self, text: str, matches: Sequence[NameMatch]) -> Iterator[NameMatch]:
        """Yield initials and mistyped names outside the matches."""
        taken = _places_of(matches)
        for start, end, name, doubt in self._unsure_words(text):
            if taken.isdisjoint(range(start, end)):
                yield NameMatch(start, end, name.name, text[start:end], name.pseudonym, doubt)

    def _build_match(self, text: str, span: tuple[int, int, int], form: str, kind: TextKind) -> NameMatch | None:
        """Return a match with its replacement and doubt; None if it is no name."""
        start, end, word_end = span
        words = text[start:end]
        exact = self._forms.get(normalise_name(words))
        name, pseudonym = exact or self._forms[form]
        digits = _DIGITS.match(text, end)
        if digits and digits[0]:
            if self.exact or words[-1].isdigit():
                return None
            end = digits.end()
        doubt = "" if kind == "field" else self._doubt(text, (start, end, max(end, word_end)), words, kind)
        if not exact:
            is_sure = " " in form or not words.islower() or _is_whole_text(text, start, end, kind)
            loose_doubt = (
                "" if is_sure or _is_in_address(text, start, end) else self._doubt_small_letters(text[start:end], kind)
            )
            if loose_doubt is None:
                return None
            doubt = doubt or loose_doubt
            pseudonym = pseudonym.upper() if words.isupper() and len(words) > 1 else pseudonym
        if self.exact:
            return NameMatch(start, end, name, words, pseudonym)
        return NameMatch(start, end, name, text[start:end], _adapt(pseudonym, text, (start, end), form), doubt)

    def _doubt_small_letters(self, words: str, kind: TextKind) -> str | None:
        """Return why a word in small letters may not be the name; None if it is not."""
        if words in self.ordinary.usual or words in NAME_LIKE_WORDS:  # mark, but mark87 may be a handle
            return None
        is_unsure = len(words) < _MIN_LOWER or words.rstrip("0123456789") in self.ordinary.common
        return "in small letters" if is_unsure and kind != "field" else ""

    def _doubt(self, text: str, span: tuple[int, int, int], words: str, kind: TextKind) -> str:
        """Return why a match may not be the name; an empty string if it certainly is."""
        start, end, word_end = span
        name, plural = words.casefold(), text[end:word_end].casefold()
        is_word = not self.ordinary.common.isdisjoint({name, name + plural})
        # "Anns'" is a genitive; "Anns" is a plural or, like Evan and Evans, another name.
        is_genitive = self.language in GENITIVE_S or text[word_end : word_end + 1] in {"'", "’"}
        is_family = not is_word and _ARTICLE.search(text[max(0, start - 10) : start])
        if plural and not is_genitive and not is_family:
            return "a plural, or another name"
        if _is_hyphenated(text, start, word_end):
            return "part of a longer name"
        if not is_word or _is_whole_text(text, start, word_end, kind) or _is_in_address(text, start, end):
            return ""
        in_capitals = words.isupper() and len(words) > 1
        is_capitalised = in_capitals or name + plural in ALWAYS_CAPITAL or self.language in NOUNS_CAPITAL
        # In these places a capital does not mark a name, but a speaker's label does.
        if is_capitalised or _is_sentence_start(text, start):
            return "" if _is_line_start(text, start) and _LABEL_END.match(text, end) else "also a word"
        return ""


def _places_of(matches: Iterable[NameMatch]) -> set[int]:
    return {place for match in matches for place in range(match.start, match.end)}


def _places_outside(pattern: re.Pattern[str], text: str) -> list[int]:
    """Return the offsets of the characters that are in no match of a pattern."""
    places: list[int] = []
    start = 0
    for match in pattern.finditer(text):
        places += range(start, match.start())
        start = match.end()
    return [*places, *range(start, len(text))]


def _adapt(pseudonym: str, text: str, span: tuple[int, int], form: str) -> str:
    """Return a pseudonym as it can stand in an address, or in place of words written as one: without spaces."""
    words = text[slice(*span)]
    is_joined = " " in form and not any(letter.isspace() or letter == "_" for letter in words)
    if not (is_joined or words[-1].isdigit() > form[-1].isdigit() or _is_in_address(text, *span)):
        return pseudonym
    return (pseudonym.lower() if words.islower() else pseudonym).replace(" ", "")


def _is_in_address(text: str, start: int, end: int) -> bool:
    """Return whether a word is in an e-mail address, a handle or a hashtag."""
    before = text[max(0, start - 40) : start]
    return bool(_ADDRESS_BEFORE.search(before) or _ADDRESS_AFTER.match(text, end))


def build_name_finder(key: NameKey, *, language: str = "en", ordinary: OrdinaryWords = NO_TEXTS) -> NameFinder:
    """Return the finder of a key's names."""
    return NameFinder(key, language, ordinary)


def build_pseudonym_finder(key: NameKey) -> NameFinder:
    """Return the finder of a key's pseudonyms, which replaces them by names."""
    return NameFinder(key.inverted, exact=True)


def _is_within(match: NameMatch, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= match.start and match.end <= end for start, end in spans)


def _is_hyphenated(text: str, start: int, end: int) -> bool:
    """Return whether a hyphen joins a word to a capitalised word after it, or to a word before it."""
    is_before = text[end : end + 1] in {"-", "‐", "‑"} and text[end + 1 : end + 2].isupper()
    is_after = start > 1 and text[start - 1] in "-‐‑" and text[start - 2].isalpha()
    return is_before or is_after


def _is_whole_text(text: str, start: int, end: int, kind: TextKind) -> bool:
    """Return whether a word is the whole text: an id, a label, a cell, or in YAML a key or value."""
    before, after = text[:start], text[end:]
    if kind == "yaml":
        before, after = before.rpartition("\n")[2], after.partition("\n")[0]
        return bool(_YAML_BEFORE.fullmatch(before) and _YAML_AFTER.fullmatch(after))
    return not before.strip() and not after.strip()


def _is_sentence_start(text: str, start: int) -> bool:
    """Return whether a sentence or line begins here, where a capital does not mark a name."""
    # A window, since copying all text before each match would take quadratic time.
    before = text[max(0, start - 40) : start].rstrip(_OPENING)
    if not before or before[-1] in ".?!:：;…\r\n":
        return not _TITLE.search(text[max(0, start - 40) : start])
    return text[start - 1] in '"“„«'


def _is_line_start(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start]
    return not re.sub(r"[\d:.,\[\]()*_ \t-]+$", "", before) or bool(re.search(r"[\r\n][\d:.,\[\]()*_ \t-]*$", before))


def certain_matches(matches: Iterable[NameMatch]) -> Iterator[NameMatch]:
    """Yield the matches that are certainly names."""
    return (match for match in matches if not match.doubt)
