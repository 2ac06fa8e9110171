"""The key: which name becomes which pseudonym, and what was decided about words that may be names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize

from qualcode.errors import Problem
from qualcode.files import YamlDocument, read_csv, read_text, read_yaml

PHRASE_SECTIONS = ("keep", "always")
"""Keys that hold phrases instead of a name's pseudonym."""

_PSEUDONYM = re.compile(r"[^\W\d_](?:[\w .-]*[\w])?")
_WORD = re.compile(r"[^\W_]")
_NOT_TEXT = frozenset("yes no true false null on off y n".split())
"""What YAML would take for something else where it stands alone."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name, the pseudonym that stands for it, and its other forms."""

    name: str
    pseudonym: str
    also: tuple[str, ...] = ()
    place: tuple[int, int] = (1, 1)

    @property
    def forms(self) -> tuple[str, ...]:
        """The name and its other forms."""
        return (self.name, *self.also)


@dataclass(frozen=True)
class NameKey:
    """All names of a key file; ``keep`` are phrases that are never touched, ``always`` those that are names."""

    names: tuple[Name, ...] = ()
    keep: tuple[str, ...] = ()
    always: tuple[str, ...] = ()

    @cached_property
    def inverted(self) -> NameKey:
        """The key by which pseudonyms become names again."""
        return NameKey(tuple(Name(one.pseudonym, one.name) for one in self.names))


def read_key(path: Path) -> tuple[NameKey, list[Problem]]:
    """Read a key file, YAML or by its ending CSV; with any problem the key is not to be used."""
    if path.suffix.lower() == ".csv":
        return _parse_csv_key(read_text(path).text, str(path))
    return parse_key(read_yaml(path, display_path=str(path)))


def parse_key(marked: YamlDocument) -> tuple[NameKey, list[Problem]]:
    """Return the key of a YAML file's value."""
    problems = list(marked.problems)
    value = {} if marked.value is None else marked.value
    if not isinstance(value, dict):
        return NameKey(), [*problems, Problem(marked.path, 1, 1, "the key must be lines of 'name: pseudonym'")]
    found: dict[str, tuple[str, ...]] = {}
    for key in PHRASE_SECTIONS:
        found[key], wrong = _parse_phrases(value.get(key), key, marked)
        problems += wrong
    names: list[Name] = []
    for name, entry in value.items():
        if name not in PHRASE_SECTIONS:
            one = _parse_name(name, entry, marked)
            if isinstance(one, Problem):
                problems.append(one)
            else:
                names.append(one)
    made = NameKey(tuple(names), **found)
    return made, sorted([*problems, *check_key(made, marked.path)])


def _parse_phrases(value: Any, key: str, marked: YamlDocument) -> tuple[tuple[str, ...], list[Problem]]:
    if value is None:
        return (), []
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        return (), [Problem(marked.path, *marked.find_position((key,)), f"'{key}' must be a list of phrases")]
    return tuple(value), []


def _parse_name(name: str, entry: Any, marked: YamlDocument) -> Name | Problem:
    place = marked.find_position((name,))
    way = f"write '{name}: Person 1', or '{name}: {{as: Person 1, also: [other forms]}}'"
    if isinstance(entry, str):
        return Name(name, entry, (), place)
    if not isinstance(entry, dict) or not isinstance(entry.get("as"), str) or entry.keys() - {"as", "also"}:
        return Problem(marked.path, *place, f"'{name}' has no pseudonym that can be read", way)
    also = entry.get("also") or []
    if not isinstance(also, list) or not all(isinstance(one, str) for one in also):
        return Problem(marked.path, *place, f"'also' of '{name}' must be a list of its other forms", way)
    return Name(name, entry["as"], tuple(also), place)


def _parse_csv_key(text: str, shown: str) -> tuple[NameKey, list[Problem]]:
    """Read columns name, pseudonym and, if wanted, also (forms, ``;`` between), keep and always (phrases)."""
    table = read_csv(text, display_path=shown, known_columns=("name", "pseudonym", "also", *PHRASE_SECTIONS))
    if missing := [one for one in ("name", "pseudonym") if one not in table.columns]:
        said = Problem(
            shown, 1, 1, f"there is no column '{missing[0]}'", "columns: name, pseudonym, also, keep, always"
        )
        return NameKey(), [said, *table.problems]
    names = [
        _name_from_row(line, cells) for line, cells in table.rows if cells["name"].strip() or cells["pseudonym"].strip()
    ]
    decisions = {key: _column_values(table.rows, key) for key in PHRASE_SECTIONS}
    key = NameKey(tuple(names), **decisions)
    return key, sorted([*table.problems, *check_key(key, shown)])


def _name_from_row(line: int, cells: Mapping[str, str]) -> Name:
    also = tuple(one.strip() for one in cells.get("also", "").split(";") if one.strip())
    return Name(cells["name"].strip(), cells["pseudonym"].strip(), also, (line, 1))


def _column_values(rows: Sequence[tuple[int, Mapping[str, str]]], name: str) -> tuple[str, ...]:
    return tuple(cells[name].strip() for _, cells in rows if cells.get(name, "").strip())


def check_key(key: NameKey, path: str) -> Iterator[Problem]:
    """Yield what is wrong with the names of a key, taken together."""
    forms: dict[str, Name] = {}
    pseudonyms: dict[str, Name] = {}
    for one in key.names:
        for said, hint in _check_name(one):
            yield Problem(path, *one.place, said, hint)
        other = pseudonyms.setdefault(one.pseudonym.casefold(), one)
        if other is not one:
            said = f"'{one.name}' and '{other.name}' have one pseudonym, '{one.pseudonym}'"
            hint = f"choose another, or if they are one person: '{other.name}: {{as: .., also: [{one.name}]}}'"
            yield Problem(path, *one.place, said, hint)
        for form in dict.fromkeys(map(normalise_name, one.forms)):
            if (known := forms.setdefault(form, one)) is not one:
                yield Problem(
                    path, *one.place, f"'{form}' is a form of '{known.name}' and of '{one.name}'", "leave one out"
                )
    for one in key.names:
        if normalise_name(one.pseudonym) in forms:
            yield Problem(path, *one.place, f"pseudonym '{one.pseudonym}' is a name in this key", "choose another")


def _check_name(one: Name) -> Iterator[tuple[str, str]]:
    for form in one.forms:
        if not _WORD.search(form) or "\n" in form or form != form.strip():
            yield f"'{form}' cannot be a name", "a name has letters, and no spaces at its ends"
    if not _PSEUDONYM.fullmatch(one.pseudonym) or "\n" in one.pseudonym or "  " in one.pseudonym:
        said = f"'{one.pseudonym}' cannot be a pseudonym"
        yield said, "it begins with a letter and has letters, digits, single spaces and . _ - only, as in 'Person 1'"
    elif one.pseudonym.casefold() in _NOT_TEXT:
        yield f"'{one.pseudonym}' cannot be a pseudonym: YAML reads it as something else", "choose another"


def normalise_name(name: str) -> str:
    """Return a name composed, its spaces (and what stands for them) made single, its apostrophes and hyphens plain."""
    composed = " ".join(normalize("NFC", name).replace("_", " ").split())
    return composed.translate({ord("’"): "'", ord("ʼ"): "'", ord("‐"): "-", ord("‑"): "-"})
