"""Where names stand in a text, as whole words; and where it cannot be told whether a word is a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from unicodedata import normalize

from qualcode.pseudonyms.text.common_words import ALWAYS_CAPITAL, GENITIVE_S, NAME_LIKE_WORDS, NOUNS_CAPITAL
from qualcode.pseudonyms.text.name_key import NameKey, normalise_name

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_BEFORE = rf"(?<![^\W_])(?<![{_MARKS}])"
_AFTER = rf"(?![^\W_])(?![{_MARKS}])"
_SPACE = r"(?:(?:[^\S\r\n\t]|_)+|[^\S\r\n\t]*(?:\r\n|\r|\n)(?![^\S\r\n]*[\r\n])[^\S\r\n]*)"
"""What stands between the words of a name: one line break may, a blank line may not."""
_CHARACTER_VARIANTS = {"'": "['’ʼ]", "’": "['’ʼ]", "ʼ": "['’ʼ]", "-": "[-‐‑]", "‐": "[-‐‑]", "‑": "[-‐‑]"}
_OPENING = "\"'“”„‘’«»‹›([{*_>#-–—•~ \u00a0\x1e\t¿¡"
_TITLE = re.compile(r"(?:^|[^\w])(?:Mr|Mrs|Ms|Dr|Prof|St|Hr|Fr|Sr|Jr)\.[ \u00a0]*$")
_LABEL = re.compile(
    r"[^\S\n]*[*_]{0,3}[^\S\n]*(?:[\[(]?[\d:.,]+[\])]?[^\S\n]*)?[*_]{0,3}(?:[:：]|(?<=[\d\])])[^\S\n]*$)", re.M
)
"""What follows a speaker's label: a colon, or a time that ends the line."""

_MARKED = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")
_YAML_BEFORE = re.compile(r"""\s*(?:-\s+)?(?:[\w "'-]+:\s+)?(?:\[(?:[\w .'"-]+,\s*)*)?["']?""")
_YAML_AFTER = re.compile(r"""["']?\s*(?::(?:\s.*)?|(?:,[\w .'",-]+)?\]\s*(?:\#.*)?|\#.*)?""")

TextKind = Literal["prose", "field", "yaml"]
"""Where a text is from: a ``field`` is a label, an id or a cell, where a capital is a name's."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name in a text: where, whose, in which words, what it becomes, and if it may be none, why."""

    start: int
    end: int
    name: str
    words: str
    replacement: str
    doubt: str = ""


@dataclass(frozen=True)
class NameFinder:
    """Finds the names of a key; ``common`` are words that the study's texts also write in lower case."""

    key: NameKey
    language: str = "en"
    common_words: frozenset[str] = frozenset()

    @cached_property
    def _forms(self) -> Mapping[str, tuple[str, str]]:
        """Name and pseudonym by each form, those in capitals among them."""
        exact = {normalise_name(form): (one.name, one.pseudonym) for one in self.key.names for form in one.forms}
        loud = {
            normalise_name(form).upper(): (one.name, one.pseudonym.upper())
            for one in self.key.names
            for form in one.forms
            if len(form) > 1
        }
        return loud | exact

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted(self._forms, key=lambda form: (-len(form), form))
        firsts = "".join(sorted({re.escape(one) for form in forms for one in _first_characters(form[0])}))
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
        kept, sure = _find_phrase_spans(self._keep_patterns, text), _find_phrase_spans(self._always_patterns, text)
        return [
            self._build_match(
                match, "" if kind == "field" or _is_within(match, sure) else self._doubt(text, match, kind)
            )
            for match in found
            if not _is_within(match, kept)
        ]

    def _build_match(self, match: re.Match[str], doubt: str) -> NameMatch:
        name, pseudonym = self._forms[normalise_name(match["name"])]
        return NameMatch(match.start("name"), match.end("name"), name, match["name"], pseudonym, doubt)

    def _doubt(self, text: str, match: re.Match[str], kind: TextKind) -> str:
        """Say why a word may be no name, or not this one; nothing if it is one for sure."""
        start, end = match.span("name")
        if match["s"] and self.language not in GENITIVE_S and text[match.end() : match.end() + 1] not in {"'", "’"}:
            return "several of that name, or another name"
        if _is_hyphenated(text, start, match.end()):
            return "part of a longer name"
        word = match["name"].casefold() + (match["s"] or "").casefold()
        if not self._is_word(match["name"].casefold(), word) or _is_whole_text(text, start, match.end(), kind):
            return ""
        loud = match["name"].isupper() and len(match["name"]) > 1
        if loud or word in ALWAYS_CAPITAL or self.language in NOUNS_CAPITAL or _is_sentence_start(text, start):
            return "" if _is_line_start(text, start) and _LABEL.match(text, end) else "also a word"
        return ""

    def _is_word(self, *words: str) -> bool:
        return any(word in self.common_words or word in NAME_LIKE_WORDS for word in words)


def build_name_finder(key: NameKey, *, language: str = "en", common_words: Iterable[str] = ()) -> NameFinder:
    """Return the finder of a key's names."""
    return NameFinder(key, language, frozenset(common_words))


def _first_characters(character: str) -> set[str]:
    """Return how a character may begin: composed, or its first letter with the marks behind."""
    return {character, normalize("NFD", character)[0]}


def _name_pattern(form: str) -> str:
    """Return the pattern of a name: composed or decomposed, with any space, apostrophe and hyphen."""
    return _SPACE.join("".join(map(_character_pattern, word)) for word in form.replace("_", " ").split())


def _character_pattern(character: str) -> str:
    loose = _CHARACTER_VARIANTS.get(character)
    if loose:
        return loose
    apart = normalize("NFD", character)
    return re.escape(character) if apart == character else f"(?:{re.escape(character)}|{re.escape(apart)})"


def _compile_phrases(phrases: Iterable[str]) -> list[re.Pattern[str]]:
    """Return the patterns of phrases; of one that marks a word, as in "he said [Will] do", only that word counts."""
    return [re.compile(rf"{_BEFORE}(?:{_phrase_pattern(one)})(?![^\W_])") for one in phrases]


def _phrase_pattern(phrase: str) -> str:
    marked = _MARKED.fullmatch(phrase)
    if not marked:
        return f"(?P<word>{_name_pattern(normalise_name(phrase))})"
    before, word, after = marked.groups()
    gap = _SPACE if before.strip() and before[-1].isspace() else ""
    behind = _SPACE if after.strip() and after[0].isspace() else ""
    return f"{_name_pattern(normalise_name(before))}{gap}(?P<word>{_name_pattern(normalise_name(word))}){behind}{_name_pattern(normalise_name(after))}"


def _find_phrase_spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Return where phrases stand, those that overlap each other too."""
    spans: list[tuple[int, int]] = []
    for pattern in patterns:
        found = pattern.search(text)
        while found:
            spans.append(found.span("word"))
            found = pattern.search(text, found.start() + 1)
    return spans


def _is_within(match: re.Match[str], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= match.start("name") and match.end("name") <= end for start, end in spans)


def _is_hyphenated(text: str, start: int, end: int) -> bool:
    """Tell whether a hyphen joins a word to another one with a capital."""
    behind = text[end : end + 1] in {"-", "‐", "‑"} and text[end + 1 : end + 2].isupper()
    before = start > 1 and text[start - 1] in "-‐‑" and text[start - 2].isalpha()
    return behind or before


def _is_whole_text(text: str, start: int, end: int, kind: TextKind) -> bool:
    """Tell whether a word is all there is: an id, a label, a cell, a value in YAML."""
    before, after = text[:start], text[end:]
    if kind == "yaml":
        before, after = before.rpartition("\n")[2], after.partition("\n")[0]
        return bool(_YAML_BEFORE.fullmatch(before) and _YAML_AFTER.fullmatch(after))
    return not before.strip() and not after.strip()


def _is_sentence_start(text: str, start: int) -> bool:
    """Tell whether a sentence, or a line, begins here, so that a capital tells nothing."""
    before = text[max(0, start - 40) : start].rstrip(_OPENING)
    if not before or before[-1] in ".?!:：;…\r\n":
        return not _TITLE.search(text[max(0, start - 40) : start])
    return text[start - 1] in '"“„«'


def _is_line_start(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start]
    return not re.sub(r"[\d:.,\[\]()*_ \t-]+$", "", before) or bool(re.search(r"[\r\n][\d:.,\[\]()*_ \t-]*$", before))


def certain_matches(hits: Iterable[NameMatch]) -> Iterator[NameMatch]:
    """Yield the hits that are names without doubt."""
    return (hit for hit in hits if not hit.doubt)
