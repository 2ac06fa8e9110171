"""The key: names with their pseudonyms, and decisions on phrases that are or are not names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

from qualcode.errors import Problem
from qualcode.files import YamlDocument, read_csv, read_text, read_yaml

PHRASE_SECTIONS = ("keep", "always")
"""Keys of a key file that have phrases instead of a name's pseudonym."""

# Valid in YAML without quotation marks, in file names and in labels of speakers.
_PSEUDONYM = re.compile(r"[^\W\d_](?:[\w .-]*[\w])?")
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W_]")
_NOT_TEXT = frozenset("yes no true false null on off y n".split())
"""Words that YAML reads as another type than text."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name, the pseudonym that replaces it, and its other forms."""

    name: str
    pseudonym: str
    also: tuple[str, ...] = ()
    position: tuple[int, int] = (1, 1)
    """Line and column in the key file, from 1."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The name and its other forms."""
        return (self.name, *self.also)


@dataclass(frozen=True)
class NameKey:
    """The names of a key file; ``keep`` are phrases that are never replaced, ``always`` those that are always names."""

    names: tuple[Name, ...] = ()
    keep: tuple[str, ...] = ()
    always: tuple[str, ...] = ()

    @cached_property
    def inverted(self) -> NameKey:
        """The key that replaces each pseudonym with its name."""
        return NameKey(tuple(Name(name.pseudonym, name.name) for name in self.names))


def key_words(key: NameKey) -> set[str]:
    """Return the words of all names in small letters, with their plurals and without accents too."""
    words = {word.casefold() for name in key.names for form in name.forms for word in _LETTERS.findall(form)}
    words |= {word + "s" for word in words}
    return words | {"".join(letter for letter in normalize("NFKD", word) if not combining(letter)) for word in words}


def read_key(path: Path) -> tuple[NameKey, list[Problem]]:
    """Return the key in a YAML or CSV file, and its problems; a key with problems must not be used."""
    if path.suffix.lower() == ".csv":
        return _parse_csv_key(read_text(path).text, str(path))
    return parse_key(read_yaml(path, display_path=str(path)))


def parse_key(document: YamlDocument) -> tuple[NameKey, list[Problem]]:
    """Return the key in a YAML document, and its problems."""
    problems = list(document.problems)
    entries = {} if document.value is None else document.value
    if not isinstance(entries, dict):
        return NameKey(), [*problems, Problem(document.path, 1, 1, "the key must be lines of 'name: pseudonym'")]
    phrases: dict[str, tuple[str, ...]] = {}
    for section in PHRASE_SECTIONS:
        phrases[section], section_problems = _parse_phrases(entries.get(section), section, document)
        problems += section_problems
    parsed = [_parse_name(name, entry, document) for name, entry in entries.items() if name not in PHRASE_SECTIONS]
    problems += [result for result in parsed if isinstance(result, Problem)]
    key = NameKey(tuple(result for result in parsed if isinstance(result, Name)), **phrases)
    return key, sorted([*problems, *check_key(key, document.path)])


def _parse_phrases(value: Any, section: str, document: YamlDocument) -> tuple[tuple[str, ...], list[Problem]]:
    if value is None:
        return (), []
    if not isinstance(value, list) or not all(isinstance(phrase, str) and phrase.strip() for phrase in value):
        position = document.find_position((section,))
        return (), [Problem(document.path, *position, f"'{section}' must be a list of phrases")]
    return tuple(value), []


def _parse_name(name: str, entry: Any, document: YamlDocument) -> Name | Problem:
    position = document.find_position((name,))
    hint = f"write '{name}: Person 1', or '{name}: {{as: Person 1, also: [other forms]}}'"
    if isinstance(entry, str):
        return Name(name, entry, (), position)
    if not isinstance(entry, dict) or not isinstance(entry.get("as"), str) or entry.keys() - {"as", "also"}:
        return Problem(document.path, *position, f"'{name}' has no valid pseudonym", hint)
    also = entry.get("also") or []
    if not isinstance(also, list) or not all(isinstance(form, str) for form in also):
        return Problem(document.path, *position, f"'also' of '{name}' must be a list of its other forms", hint)
    return Name(name, entry["as"], tuple(also), position)


def _parse_csv_key(text: str, display_path: str) -> tuple[NameKey, list[Problem]]:
    """Parse columns name and pseudonym, optionally also (forms separated by ``;``), keep and always (phrases)."""
    columns = ("name", "pseudonym", "also", *PHRASE_SECTIONS)
    table = read_csv(text, display_path=display_path, known_columns=columns)
    if missing := [column for column in columns[:2] if column not in table.columns]:
        message = f"there is no column '{missing[0]}'"
        return NameKey(), [Problem(display_path, 1, 1, message, f"columns: {', '.join(columns)}"), *table.problems]
    names = [
        _name_from_row(line, cells) for line, cells in table.rows if cells["name"].strip() or cells["pseudonym"].strip()
    ]
    key = NameKey(tuple(names), **{section: _column_values(table.rows, section) for section in PHRASE_SECTIONS})
    return key, sorted([*table.problems, *check_key(key, display_path)])


def _name_from_row(line: int, cells: Mapping[str, str]) -> Name:
    also = tuple(form.strip() for form in cells.get("also", "").split(";") if form.strip())
    return Name(cells["name"].strip(), cells["pseudonym"].strip(), also, (line, 1))


def _column_values(rows: Sequence[tuple[int, Mapping[str, str]]], column: str) -> tuple[str, ...]:
    return tuple(cells[column].strip() for _, cells in rows if cells.get(column, "").strip())


def check_key(key: NameKey, path: str) -> Iterator[Problem]:
    """Yield invalid names and pseudonyms, and those that are not distinct."""
    # Reversed, so that of several names the first one is in the dictionary.
    by_pseudonym = {name.pseudonym.casefold(): name for name in reversed(key.names)}
    by_form = {normalise_name(form): name for name in reversed(key.names) for form in name.forms}
    for name in key.names:
        for message, hint in (*_check_name(name), *_check_distinct(name, by_pseudonym, by_form)):
            yield Problem(path, *name.position, message, hint)


def _check_name(name: Name) -> Iterator[tuple[str, str]]:
    for form in name.forms:
        if not _WORD.search(form) or "\n" in form or form != form.strip():
            yield f"'{form}' cannot be a name", "a name has letters, and no spaces at its ends"
    pseudonym = name.pseudonym
    if not _PSEUDONYM.fullmatch(pseudonym) or "\n" in pseudonym or "  " in pseudonym:
        hint = "it must begin with a letter and have only letters, digits, single spaces and . _ -, as in 'Person 1'"
        yield f"'{pseudonym}' cannot be a pseudonym", hint
    elif pseudonym.casefold() in _NOT_TEXT:
        yield f"'{pseudonym}' cannot be a pseudonym: YAML reads it as something else", "choose another"


def _check_distinct(
    name: Name, by_pseudonym: Mapping[str, Name], by_form: Mapping[str, Name]
) -> Iterator[tuple[str, str]]:
    """Compare a name with the first ones that have its pseudonym and its forms."""
    other = by_pseudonym[name.pseudonym.casefold()]
    if other is not name:
        message = f"'{name.name}' and '{other.name}' have the same pseudonym, '{name.pseudonym}'"
        merged = f"'{other.name}: {{as: .., also: [{name.name}]}}'"
        yield message, f"choose another, or if they are one person, write {merged}"
    for form in dict.fromkeys(map(normalise_name, name.forms)):
        if (other := by_form[form]) is not name:
            yield f"'{form}' is a form of '{other.name}' and of '{name.name}'", "remove one of them"
    if normalise_name(name.pseudonym) in by_form:
        yield f"pseudonym '{name.pseudonym}' is a name in this key", "choose another"


def normalise_name(name: str) -> str:
    """Return a name in composed Unicode, with single spaces for underscores, and plain apostrophes and hyphens."""
    # File names have underscores for spaces.
    composed = " ".join(normalize("NFC", name).replace("_", " ").split())
    return composed.translate({ord("’"): "'", ord("ʼ"): "'", ord("‐"): "-", ord("‑"): "-"})
