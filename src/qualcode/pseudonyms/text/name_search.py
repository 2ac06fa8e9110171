"""Find names in a text as whole words, with a reason where a word may not be a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from unicodedata import normalize

from qualcode.pseudonyms.text.common_words import ALWAYS_CAPITAL, GENITIVE_S, NAME_LIKE_WORDS, NOUNS_CAPITAL
from qualcode.pseudonyms.text.name_key import NameKey, normalise_name

# Blocks of combining marks: a name must not end before one, nor begin after one.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# An underscore separates words, as in file names, so \b and \w cannot be used.
_BEFORE = rf"(?<![^\W_])(?<![{_MARKS}])"
_AFTER = rf"(?![^\W_])(?![{_MARKS}])"
_SPACE = r"(?:(?:[^\S\r\n\t]|_)+|[^\S\r\n\t]*(?:\r\n|\r|\n)(?![^\S\r\n]*[\r\n])[^\S\r\n]*)"
"""White space between the words of a name; it may have one line break, but no blank line."""
_CHARACTER_VARIANTS = {"'": "['’ʼ]", "’": "['’ʼ]", "ʼ": "['’ʼ]", "-": "[-‐‑]", "‐": "[-‐‑]", "‑": "[-‐‑]"}
# Quotation marks, brackets, Markdown, dashes and READER_SPACE: they may come between two sentences.
_OPENING = "\"'“”„‘’«»‹›([{*_>#-–—•~ \u00a0\x1e\t¿¡"
# The full stop of a title does not end a sentence.
_TITLE = re.compile(r"(?:^|[^\w])(?:Mr|Mrs|Ms|Dr|Prof|St|Hr|Fr|Sr|Jr)\.[ \u00a0]*$")
_LABEL_END = re.compile(
    r"[^\S\n]*[*_]{0,3}[^\S\n]*(?:[\[(]?[\d:.,]+[\])]?[^\S\n]*)?[*_]{0,3}(?:[:：]|(?<=[\d\])])[^\S\n]*$)", re.M
)
"""What follows a speaker's label: a colon, or a time that ends the line."""

# A phrase of the key with one word in brackets.
_MARKED = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")
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
    """Finds the names of a key; ``common_words`` are words that occur in lower case in the study's texts."""

    key: NameKey
    language: str = "en"
    common_words: frozenset[str] = frozenset()

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
    def _pattern(self) -> re.Pattern[str]:
        # Longest first: an alternation takes the first match, and 'Ann Miller' must come before 'Ann'.
        forms = sorted(self._forms, key=lambda form: (-len(form), form))
        firsts = "".join(sorted({re.escape(first) for form in forms for first in _first_characters(form[0])}))
        # The look-ahead skips most positions before any name is tried; (?!) never matches, for a key without names.
        ahead = f"(?=[{firsts}])" if firsts else "(?!)"
        body = "|".join(map(_name_pattern, forms))
        return re.compile(rf"{_BEFORE}{ahead}(?P<name>{body})(?:(?P<s>[sS]){_AFTER}|{_AFTER})")

    @cached_property
    def _keep_patterns(self) -> list[re.Pattern[str]]:
        return _compile_phrases(self.key.keep)

    @cached_property
    def _always_patterns(self) -> list[re.Pattern[str]]:
        return _compile_phrases(self.key.always)

    def __call__(self, text: str, *, kind: TextKind = "prose") -> list[NameMatch]:
        """Return the names in a text in order."""
        if not (found := list(self._pattern.finditer(text))):
            return []
        keep = _find_phrase_spans(self._keep_patterns, text)
        always = _find_phrase_spans(self._always_patterns, text)
        return [
            self._build_match(
                match, "" if kind == "field" or _is_within(match, always) else self._doubt(text, match, kind)
            )
            for match in found
            if not _is_within(match, keep)
        ]

    def _build_match(self, match: re.Match[str], doubt: str) -> NameMatch:
        name, pseudonym = self._forms[normalise_name(match["name"])]
        return NameMatch(match.start("name"), match.end("name"), name, match["name"], pseudonym, doubt)

    def _doubt(self, text: str, match: re.Match[str], kind: TextKind) -> str:
        """Return why a match may not be the name; an empty string if it certainly is."""
        start, end = match.span("name")
        # "Anns'" is a genitive; "Anns" is a plural or, like Evan and Evans, another name.
        if match["s"] and self.language not in GENITIVE_S and text[match.end() : match.end() + 1] not in {"'", "’"}:
            return "a plural, or another name"
        if _is_hyphenated(text, start, match.end()):
            return "part of a longer name"
        name = match["name"].casefold()
        word = name + (match["s"] or "").casefold()
        if not (self._is_word(name) or self._is_word(word)) or _is_whole_text(text, start, match.end(), kind):
            return ""
        in_capitals = match["name"].isupper() and len(match["name"]) > 1
        # In these places a capital does not mark a name, but a speaker's label does.
        if in_capitals or word in ALWAYS_CAPITAL or self.language in NOUNS_CAPITAL or _is_sentence_start(text, start):
            return "" if _is_line_start(text, start) and _LABEL_END.match(text, end) else "also a word"
        return ""

    def _is_word(self, word: str) -> bool:
        return word in self.common_words or word in NAME_LIKE_WORDS


def build_name_finder(key: NameKey, *, language: str = "en", common_words: Iterable[str] = ()) -> NameFinder:
    """Return the finder of a key's names."""
    return NameFinder(key, language, frozenset(common_words))


def _first_characters(character: str) -> set[str]:
    """Return a character as it may begin in a text: composed, or decomposed with the marks after the letter."""
    return {character, normalize("NFD", character)[0]}


def _name_pattern(form: str) -> str:
    """Return the pattern of a name: composed or decomposed, with any kind of space, apostrophe and hyphen."""
    return _SPACE.join("".join(map(_character_pattern, word)) for word in form.replace("_", " ").split())


def _character_pattern(character: str) -> str:
    if variants := _CHARACTER_VARIANTS.get(character):
        return variants
    decomposed = normalize("NFD", character)
    if decomposed == character:
        return re.escape(character)
    return f"(?:{re.escape(character)}|{re.escape(decomposed)})"


def _compile_phrases(phrases: Iterable[str]) -> list[re.Pattern[str]]:
    """Return the patterns of phrases; the group ``word`` is the phrase, or its word in brackets ("he said [Will]")."""
    return [re.compile(rf"{_BEFORE}(?:{_phrase_pattern(phrase)})(?![^\W_])") for phrase in phrases]


def _phrase_pattern(phrase: str) -> str:
    marked = _MARKED.fullmatch(phrase)
    if not marked:
        return f"(?P<word>{_name_pattern(normalise_name(phrase))})"
    before, word, after = marked.groups()
    space_before = _SPACE if before.strip() and before[-1].isspace() else ""
    space_after = _SPACE if after.strip() and after[0].isspace() else ""
    start, middle, end = (_name_pattern(normalise_name(part)) for part in (before, word, after))
    return f"{start}{space_before}(?P<word>{middle}){space_after}{end}"


def _find_phrase_spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Return the spans of phrases, including those that overlap."""
    spans: list[tuple[int, int]] = []
    for pattern in patterns:
        match = pattern.search(text)
        # finditer would leave out overlapping phrases.
        while match:
            spans.append(match.span("word"))
            match = pattern.search(text, match.start() + 1)
    return spans


def _is_within(match: re.Match[str], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= match.start("name") and match.end("name") <= end for start, end in spans)


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
