"""The key file and what lies beside it: the record of places, the journal, originals. None of it is in the study."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import FileProblemsError, OperationError
from qualcode.files import is_private, is_within, read_bytes, write_private
from qualcode.pseudonyms.text import Edit, Name, NameKey, key_template, read_key

_FORMAT_VERSION = 1


@dataclass(frozen=True)
class UndoRecord:
    """What an undo needs beside the key: which names were replaced, and what they alone do not bring back."""

    names: tuple[tuple[str, str], ...] = ()
    """Name and pseudonym, as they were when names were replaced."""
    paragraphs: Mapping[str, list[tuple[str, int, list[Edit]]]] = field(default_factory=dict)
    lines: Mapping[str, list[tuple[str, int, str]]] = field(default_factory=dict)
    converted: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> NameKey:
        """The key as it was used."""
        return NameKey(tuple(Name(name, pseudonym) for name, pseudonym in self.names))

    def to_json(self) -> bytes:
        """Return the record as JSON."""
        held = {
            "form": _FORMAT_VERSION,
            "names": self.names,
            "paragraphs": self.paragraphs,
            "lines": self.lines,
            "converted": self.converted,
        }
        return json.dumps(held, ensure_ascii=True, indent=0).encode()


@dataclass(frozen=True)
class KeyFile:
    """A key file of a study, by its path."""

    path: Path
    study_root: Path

    @property
    def record_path(self) -> Path:
        """Where the record of places lies."""
        return self.path.with_name(f"{self.path.name}.places")

    @property
    def journal_path(self) -> Path:
        """Where the journal of a replacement lies that was interrupted."""
        return self.path.with_name(f"{self.path.name}.journal")

    @property
    def originals_folder(self) -> Path:
        """The folder for sources that had to become plain text."""
        return self.path.with_name(f"{self.path.name}.originals")


def open_key_file(path: Path, root: Path, *, allow_missing: bool = False) -> KeyFile:
    """Return a key file that may be used: outside the study, for its owner only; a ``new`` one need not be there."""
    held = path.expanduser().absolute()
    if is_within(held, root) or is_within(held.parent, root):
        raise OperationError(f"{path}: a key must not lie inside the study it belongs to: put it into another folder")
    if held.suffix.lower() not in {".yaml", ".yml", ".csv"}:
        raise OperationError(f"{path}: a key file ends in .yaml or .csv")
    if not held.is_file():
        if not allow_missing:
            raise OperationError(f"{path}: there is no such key file: 'qualcode pseudonymise {path} --find' begins one")
        if not held.parent.is_dir():
            raise OperationError(f"{path}: its folder is not there: make it first")
    elif not is_private(held):
        raise OperationError(f"{path}: others can read this key: say 'chmod 600 {path}' first")
    return KeyFile(held, root)


def ensure_key_file(held: KeyFile) -> str:
    """Return the text of a key file, which is begun where it is not there."""
    if not held.path.is_file():
        write_private(held.path, key_template(held.path.suffix))
    return read_bytes(held.path).decode("utf-8-sig")


def load_valid_key(held: KeyFile) -> NameKey:
    """Return the names of a key file; with any problem it is refused."""
    key, problems = read_key(held.path)
    if problems:
        raise FileProblemsError(problems, summary="The key has problems: mend them first. Nothing was replaced.")
    return key


def read_undo_record(held: KeyFile) -> UndoRecord | None:
    """Return the record of an earlier replacement, if there is one."""
    if not held.record_path.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(read_bytes(held.record_path))
        if found["form"] != _FORMAT_VERSION:
            raise OperationError(f"{held.record_path}: written by another version of qualcode")
        names = tuple((name, pseudonym) for name, pseudonym in found["names"])
        paragraphs = {where: [_parse_paragraph(one) for one in many] for where, many in found["paragraphs"].items()}
        lines = {path: [(mark, many, line) for mark, many, line in held_] for path, held_ in found["lines"].items()}
        return UndoRecord(names, paragraphs, lines, found["converted"])
    except (ValueError, KeyError, TypeError):
        raise OperationError(
            f"{held.record_path}: damaged; bring it back from a copy, or remove it to undo by the key alone"
        ) from None


def _parse_paragraph(held: Iterable[Any]) -> tuple[str, int, list[Edit]]:
    mark, many, edits = held
    return mark, many, [(piece, start, end, words) for piece, start, end, words in edits]
