"""Where the families, codes and themes of a codebook are in the texts of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from unicodedata import normalize

from qualcode.errors import UnknownNameError
from qualcode.files import KeyPath, YamlDocument, parse_yaml
from qualcode.model import Codebook

EntryKind = Literal["family", "code", "theme"]
Texts = Mapping[str, str]
"""The texts of the files of a codebook, by their paths."""


@dataclass(frozen=True)
class EntryPlace:
    """One entry: the file and the key path of its mapping, its plain values, and its position in messages."""

    id: str
    kind: EntryKind
    path: str
    key: KeyPath
    values: Mapping[str, Any]
    position: tuple[int, int]

    @property
    def former_ids(self) -> tuple[str, ...]:
        """The former ids that the entry lists."""
        return tuple(self.values.get("formerly") or ())

    def __str__(self) -> str:
        return f"{self.path}:{self.position[0]}:{self.position[1]}"


def index_entries(texts: Texts) -> dict[str, EntryPlace]:
    """Return all entries by id."""
    documents = [_parse(text, path) for path, text in sorted(texts.items())]
    return {entry.id: entry for document in documents for entry in _list_entries(document)}


@lru_cache(maxsize=32)
def _parse(text: str, path: str) -> YamlDocument:
    return parse_yaml(text, path)


def find_entry(texts: Texts, book: Codebook, name: str, *, kinds: tuple[EntryKind, ...]) -> EntryPlace:
    """Return an entry of one of these kinds by its id or a former one.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    entries = index_entries(texts)
    name = normalize("NFC", name)
    found = entries.get(book.current_id(name) if name not in entries else name)
    if found is None or found.kind not in kinds:
        known = [entry.id for entry in entries.values() if entry.kind in kinds]
        raise UnknownNameError(" or ".join(reversed(kinds)), name, known)
    return found


def _list_entries(document: YamlDocument) -> Iterator[EntryPlace]:
    values = document.value
    if not isinstance(values, dict):
        return
    family = normalize("NFC", values.get("family") or "")
    if family:
        yield EntryPlace(family, "family", document.path, (), values, document.find_position(("family",)))
        yield from _list_codes(document, values, (), family)
    for position, theme in enumerate(values.get("themes") or ()):
        key = ("themes", position)
        place = document.find_position((*key, "id"))
        yield EntryPlace(normalize("NFC", theme["id"]), "theme", document.path, key, theme, place)


def _list_codes(document: YamlDocument, values: Mapping[str, Any], key: KeyPath, above: str) -> Iterator[EntryPlace]:
    for position, code in enumerate(values.get("codes") or ()):
        code_key = (*key, "codes", position)
        name = f"{above}/{normalize('NFC', code['id'])}"
        yield EntryPlace(name, "code", document.path, code_key, code, document.find_position((*code_key, "id")))
        yield from _list_codes(document, code, code_key, name)
