"""Regular expressions of names: as written, or in all their sure forms; and of phrases of the key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
_LOOSE_SPACE = rf"[{HIDDEN}]*(?:{SPACE}|[.+‐‑-]|)[{HIDDEN}]*"
"""Between words in addresses and handles too: a separator, or nothing."""
_COMMA_SPACE = rf"[{HIDDEN}]*(?:,?{SPACE}|[.+‐‑-]|)[{HIDDEN}]*"
_INSIDE = rf"[{HIDDEN}]*(?:[-‐‑][^\S\r\n]*(?:\r\n|\r|\n)[^\S\r\n]*)?"
"""Between letters: hidden characters, and a hyphen that ends a line."""
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


def exact_pattern(form: str) -> str:
    """Return the pattern of a name: composed or decomposed, with any kind of space, apostrophe and hyphen."""
    return SPACE.join("".join(map(_character_pattern, word)) for word in form.replace("_", " ").split())


def loose_patterns(form: str) -> list[str]:
    """Return the patterns of a name in all its sure forms: as written, last name first, and in e-mail addresses.

    These differ from the name in capitals, accents, hidden characters, separators, and hyphens at line ends.
    """
    words = form.replace("_", " ").split()
    loose = [_loose_word(word) for word in words]
    if len(words) == 1 or len(words[-1]) < _MIN_LAST_NAME:
        return [_LOOSE_SPACE.join(loose)]
    initial, last = _loose_letter(words[0][0]), loose[-1]
    address = f"(?:{initial}[._-]?{last}|{loose[0]}{_loose_letter(words[-1][0])})"
    return [
        _LOOSE_SPACE.join(loose),
        f"{last}{_COMMA_SPACE}{_LOOSE_SPACE.join(loose[:-1])}",
        rf"(?:(?<=@){address}|{address}(?=\d*@\w))",
    ]


def _loose_word(word: str) -> str:
    return _INSIDE.join(map(_loose_letter, normalize("NFC", word)))


def _loose_letter(letter: str) -> str:
    if variants := _LOOSE_VARIANTS.get(letter):
        return variants
    classes = "".join(sorted(map(re.escape, _letter_variants(letter))))
    plain = _PLAIN_LETTERS.get(letter.lower(), "")
    marks = f"[{MARKS}]*" if normalize("NFD", letter) != letter else ""
    second = f"[{plain[1]}{plain[1].upper()}]?" if len(plain) > 1 else ""
    return f"[{classes}]{marks}{second}"


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


def build_pattern(forms: Sequence[str], *, exact: bool) -> tuple[re.Pattern[str], list[str]]:
    """Return the pattern of forms as whole words with an optional plural s, and the form of each of its groups."""
    by_first: dict[str, list[str]] = {}
    # Longest first: an alternation takes the first match, and 'Ann Miller' must come before 'Ann'.
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        # Loose, the last name may come first.
        starts = {form[0]} if exact else {form[0], form.replace("_", " ").split()[-1][0]}
        for first in sorted({_base_letter(start) for start in starts}):
            by_first.setdefault(first, []).append(form)
    groups = [form for group in by_first.values() for form in group]
    # The look-ahead skips most positions before any name is tried; (?!) never matches, for a key without names.
    body = "|".join(f"{_first_class(group)}(?:{_alternatives(group, exact)})" for group in by_first.values())
    plural = f"[sS]{AFTER}|{AFTER}" if exact else f"[eE]?[sS]{AFTER}|{AFTER_LETTERS}"
    return re.compile(rf"{BEFORE}{_first_class(groups)}(?:{body})(?:{plural})" if groups else "(?!)"), groups


def _alternatives(forms: Iterable[str], exact: bool) -> str:
    return "|".join(f"({exact_pattern(form) if exact else '|'.join(loose_patterns(form))})" for form in forms)


def _first_class(forms: Iterable[str]) -> str:
    letters = {
        letter for form in forms for word in form.replace("_", " ").split() for letter in _letter_variants(word[0])
    }
    return f"(?=[{''.join(sorted(map(re.escape, letters)))}])"


def _base_letter(letter: str) -> str:
    return normalize("NFD", _PLAIN_LETTERS.get(letter.lower(), letter.lower())[0])[0]
