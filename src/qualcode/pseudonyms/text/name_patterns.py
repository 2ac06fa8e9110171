"""Regular expressions of names: as written, or in all their sure forms; and of phrases of the key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
"""Characters that are not seen, as in a class of a regular expression (Unicode: Default_Ignorable_Code_Point)."""
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
"""Combining marks, likewise: a name must not end before one, nor begin after one."""
# An underscore separates words, as in file names, so \b and \w cannot be used.
BEFORE = rf"(?<![^\W_])(?<![{MARKS}])"
AFTER = rf"(?![^\W_])(?![{MARKS}])"
AFTER_LETTERS = rf"(?![^\W\d_])(?![{MARKS}])"
"""The end of a name that digits may follow, as in ann.miller87."""

SPACE = r"(?:(?:[^\S\r\n\t]|_)+|[^\S\r\n\t]*(?:\r\n|\r|\n)(?![^\S\r\n]*[\r\n])[^\S\r\n]*)"
"""White space between the words of a name; it may have one line break, but no blank line."""
_LOOSE_SPACE = rf"(?:{SPACE}|[.+‐‑-]|)"
"""Between words in addresses and handles too: a separator, or nothing."""
_COMMA_SPACE = rf"(?:,?{SPACE}|[.+‐‑-]|)"
HIDDEN_CHARACTERS = re.compile(rf"[{HIDDEN}]+")
# Some readers make a space of a line end.
_LINE_END = r"(?:[^\S\r\n]*(?:\r\n|\r|\n)[^\S\r\n]*|[ \x1e])"
HIDDEN_AND_HYPHENS = re.compile(rf"[{HIDDEN}]+|(?<=[^\W\d_])[-‐‑]{_LINE_END}(?=[^\W\d_])")
"""Also hyphens at line ends within words."""
_MIN_LAST_NAME = 2
"""Letters: shorter ones are initials, which are no name if they come first."""
_APOSTROPHES, _HYPHENS = "'’ʼ`´", "-‐‑"
_CHARACTER_VARIANTS = dict.fromkeys("'’ʼ", "['’ʼ]") | dict.fromkeys(_HYPHENS, "[-‐‑]")
_LOOSE_VARIANTS = dict.fromkeys("'’ʼ", f"[{_APOSTROPHES} \u00a0]?") | dict.fromkeys(
    _HYPHENS, f"(?:[{_HYPHENS}]|{SPACE})?"
)
# Cyrillic and Greek letters that look like Latin ones, by these.
_LOOKALIKES = {"a": "аα", "b": "вβ", "c": "с", "d": "ԁ", "e": "еε", "h": "нһη", "i": "іι", "j": "ј", "k": "кκ"}
_LOOKALIKES |= {"m": "м", "n": "ν", "o": "оο", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "υ", "x": "хχ", "y": "у"}
# Spellings without accents that have a second letter: Müller and Mueller, Åsa and Aasa.
_PLAIN_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"}
_PLAIN_LETTERS |= {"ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
# A phrase of the key with one word in brackets.
_MARKED = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")


@dataclass(frozen=True)
class NamePattern:
    """A pattern with an empty group at the end of each form, and the forms of the groups."""

    pattern: re.Pattern[str]
    forms: list[str]
    letter_table: Mapping[int, str] = field(default_factory=dict)
    """Makes one letter of all that the pattern does not distinguish, since large classes are slow to compile."""

    def find_spans(self, text: str) -> Iterator[tuple[int, int, int, str]]:
        """Yield start and end of each name in a text, the end of its plural, and its form."""
        for found in self.pattern.finditer(text.translate(self.letter_table) if self.letter_table else text):
            group = found.lastindex or 0
            yield found.start(), found.end(group), found.end(), self.forms[group - 1]


def exact_pattern(form: str) -> str:
    """Return the pattern of a name: composed or decomposed, with any kind of space, apostrophe and hyphen."""
    return SPACE.join("".join(map(_character_pattern, word)) for word in form.replace("_", " ").split())


def _loose_patterns(form: str, table: Mapping[int, str]) -> list[str]:
    """Return the patterns of a name in its sure forms: as written, last name first, and in e-mail addresses.

    They differ from the name in capitals, accents and separators.
    """
    words = form.replace("_", " ").split()
    loose = ["".join(_loose_letter(letter, table) for letter in normalize("NFC", word)) for word in words]
    if len(words) == 1 or len(words[-1]) < _MIN_LAST_NAME:
        return [_LOOSE_SPACE.join(loose)]
    # Written after the first letter: alternatives that begin with a letter are skipped fast.
    first, last = _letter_class([words[0][0]], table), loose[-1]
    initial = _loose_letter(words[0][0], table).removeprefix(first)
    address = f"(?:{initial}[._-]?{last}|{loose[0].removeprefix(first)}{_loose_letter(words[-1][0], table)})"
    return [
        _LOOSE_SPACE.join(loose),
        f"{last}{_COMMA_SPACE}{_LOOSE_SPACE.join(loose[:-1])}",
        rf"{first}(?:(?<=@{first}){address}|{address}(?=\d*@\w))",
    ]


def _loose_letter(letter: str, table: Mapping[int, str]) -> str:
    if variants := _LOOSE_VARIANTS.get(letter):
        return variants
    marks = f"[{MARKS}]*" if normalize("NFD", letter) != letter else ""
    second = "".join(f"{_letter_class([each], table)}?" for each in _second_letter(letter))
    return f"{_letter_class([letter], table)}{marks}{second}"


def _second_letter(letter: str) -> str:
    return _PLAIN_LETTERS.get(letter.lower(), "")[1:]


def _letter_class(letters: Iterable[str], table: Mapping[int, str]) -> str:
    """Return the pattern of any variant of some letters in a text to which the table was applied."""
    variants = {variant.translate(table) for letter in letters for variant in _letter_variants(letter)}
    classes = "".join(sorted(map(re.escape, variants)))
    return classes if len(variants) == 1 else f"[{classes}]"


def _build_letter_table(letters: Iterable[str]) -> dict[int, str]:
    """Return a table that maps the variants of exactly the same letters to one of them."""
    owners: dict[str, set[str]] = {}
    for letter in letters:
        for variant in _letter_variants(letter):
            owners.setdefault(variant, set()).add(letter)
    first: dict[frozenset[str], str] = {}
    return {ord(variant): first.setdefault(frozenset(owners[variant]), variant) for variant in sorted(owners)}


def _letter_variants(letter: str) -> set[str]:
    """Return a letter with and without accent, in both cases, and those that look like it."""
    plain = _PLAIN_LETTERS.get(letter.lower(), letter.lower())[0]
    base = normalize("NFD", plain)[0]
    variants = {letter, base, *_LOOKALIKES.get(base, "")}
    if base.isascii() and base.isalnum():
        variants |= {chr(ord(base) + 0xFEE0), chr(ord(base.upper()) + 0xFEE0)}
    return {variant for each in variants for variant in (each, each.lower(), each.upper()) if len(variant) == 1}


def _character_pattern(character: str) -> str:
    if variants := _CHARACTER_VARIANTS.get(character):
        return variants
    decomposed = normalize("NFD", character)
    if decomposed == character:
        return re.escape(character)
    return f"(?:{re.escape(character)}|{re.escape(decomposed)})"


def compile_phrases(phrases: Iterable[str]) -> list[re.Pattern[str]]:
    """Return the patterns of phrases; the group ``word`` is the phrase, or its word in brackets ("he said [Will]")."""
    return [re.compile(rf"{BEFORE}(?:{_phrase_pattern(phrase)})(?![^\W_])") for phrase in phrases]


def _phrase_pattern(phrase: str) -> str:
    marked = _MARKED.fullmatch(phrase)
    if not marked:
        return f"(?P<word>{exact_pattern(phrase)})"
    before, word, after = marked.groups()
    space_before = SPACE if before.strip() and before[-1].isspace() else ""
    space_after = SPACE if after.strip() and after[0].isspace() else ""
    start, middle, end = map(exact_pattern, (before, word, after))
    return f"{start}{space_before}(?P<word>{middle}){space_after}{end}"


def find_phrase_spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Return the spans of phrases, including those that overlap."""
    spans: list[tuple[int, int]] = []
    for pattern in patterns:
        match = pattern.search(text)
        # finditer would leave out overlapping phrases.
        while match:
            spans.append(match.span("word"))
            match = pattern.search(text, match.start() + 1)
    return spans


def build_exact_pattern(forms: Iterable[str]) -> NamePattern:
    """Return the pattern of forms as they are written, with an optional s."""
    groups = [(form, exact_pattern(form), form[0]) for form in _longest_first(forms)]
    return _build_pattern(groups, {}, ending=f"[sS]{AFTER}|{AFTER}")


def build_loose_pattern(forms: Collection[str]) -> NamePattern:
    """Return the pattern of forms in all their sure forms, with an optional plural."""
    letters = set(normalize("NFC", "".join(forms)).replace(" ", ""))
    table = _build_letter_table(letters.union(*map(_second_letter, letters)))
    groups = [
        # Its first letters differ: the last name may come first.
        (form, pattern, word[0])
        for form in _longest_first(forms)
        for words in [form.replace("_", " ").split()]
        for pattern, word in zip(_loose_patterns(form, table), (words[0], words[-1], words[0]), strict=False)
    ]
    return _build_pattern(groups, table, ending=f"[eE]?[sS]{AFTER}|{AFTER_LETTERS}")


def _longest_first(forms: Iterable[str]) -> list[str]:
    # An alternation takes the first match, and 'Ann Miller' must come before 'Ann'.
    return sorted(forms, key=lambda form: (-len(form), form))


def _build_pattern(groups: Iterable[tuple[str, str, str]], table: Mapping[int, str], *, ending: str) -> NamePattern:
    """Return the pattern of forms, each with its own pattern and first letter, as whole words."""
    by_first: dict[str, list[tuple[str, str, str]]] = {}
    for group in groups:
        by_first.setdefault(_base_letter(group[2]), []).append(group)
    # The look-aheads skip most positions before any name is tried.
    bodies = [
        rf"(?={_letter_class({first for _, _, first in each}, table)})"
        f"(?:{'|'.join(f'{pattern}()' for _, pattern, _ in each)})"
        for each in by_first.values()
    ]
    forms = [form for each in by_first.values() for form, _, _ in each]
    ahead = _letter_class({first for each in by_first.values() for _, _, first in each}, table)
    # (?!) never matches, for a key without names.
    pattern = rf"{BEFORE}(?={ahead})(?:{'|'.join(bodies)})(?:{ending})" if forms else "(?!)"
    return NamePattern(re.compile(pattern), forms, table)


def _base_letter(letter: str) -> str:
    return normalize("NFD", _PLAIN_LETTERS.get(letter.lower(), letter.lower())[0])[0]
