"""The key file outside the study, and the files beside it: undo record, journal, originals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import FileProblemsError, OperationError, name_for_interface
from qualcode.files import is_private, is_within, parse_json, read_bytes, write_private
from qualcode.pseudonyms.text import Edit, Name, NameKey, ParagraphRecord, key_template, read_key

_FORMAT_VERSION = 1

UndoLine = tuple[str, int, str]
"""A ledger line that the key alone does not restore: hash of its new form, number of equal ones before it, old line."""


@dataclass(frozen=True)
class UndoRecord:
    """What an undo needs besides the key: the names that were replaced, and what they alone do not restore."""

    names: tuple[tuple[str, str], ...] = ()
    """Name and pseudonym, as they were when names were replaced."""
    paragraphs: ParagraphRecord = field(default_factory=dict)
    lines: Mapping[str, Sequence[UndoLine]] = field(default_factory=dict)
    """By the new path of each ledger."""
    converted: Mapping[str, str] = field(default_factory=dict)
    """Paths of sources that became plain text, by the path of that text."""

    @property
    def key(self) -> NameKey:
        """The key that was used."""
        return NameKey(tuple(Name(name, pseudonym) for name, pseudonym in self.names))

    def to_json(self) -> bytes:
        """Return the record as JSON."""
        record = {
            "form": _FORMAT_VERSION,
            "names": self.names,
            "paragraphs": self.paragraphs,
            "lines": self.lines,
            "converted": self.converted,
        }
        # Escaped, because torn lines with bytes that are not UTF-8 have lone surrogates, which cannot be encoded.
        return json.dumps(record, ensure_ascii=True, indent=0).encode()


@dataclass(frozen=True)
class KeyFile:
    """The path of a key file, with the root of its study."""

    path: Path
    study_root: Path

    @property
    def record_path(self) -> Path:
        """The path of the undo record."""
        return self.path.with_name(f"{self.path.name}.places")

    @property
    def journal_path(self) -> Path:
        """The path of the journal, which exists while a replacement is being written."""
        return self.path.with_name(f"{self.path.name}.journal")

    @property
    def originals_folder(self) -> Path:
        """The folder for the originals of sources that became plain text."""
        return self.path.with_name(f"{self.path.name}.originals")


def open_key_file(path: Path, root: Path, *, allow_missing: bool = False) -> KeyFile:
    """Return a key file after checking that it is outside the study and readable by its owner only.

    Raises
    ------
    OperationError
        If it is not, has another suffix than .yaml, .yml or .csv, or does not exist (unless ``allow_missing``).
    """
    absolute = path.expanduser().absolute()
    # Links are resolved: a link in the study to a key outside is refused too, since the record is written beside it.
    if is_within(absolute, root) or is_within(absolute.parent, root):
        raise OperationError(f"{path}: the key must not be inside the study: move it to another folder")
    if absolute.suffix.lower() not in {".yaml", ".yml", ".csv"}:
        raise OperationError(f"{path}: the name of a key file must end in .yaml or .csv")
    if absolute.is_file():
        if not is_private(absolute):
            raise OperationError(f"{path}: others can read this key: run 'chmod 600 {path}' first")
    elif not allow_missing:
        command = name_for_interface(f"'qualcode pseudonymise {path} --find'", f"Project.find_names({str(path)!r})")
        raise OperationError(f"{path}: there is no such key file: create it with {command}")
    elif not absolute.parent.is_dir():
        raise OperationError(f"{path}: the folder does not exist: create it first")
    return KeyFile(absolute, root)


def create_key_file(key_file: KeyFile) -> None:
    """Write an empty key file unless the file exists."""
    if not key_file.path.is_file():
        write_private(key_file.path, key_template(key_file.path.suffix))


def load_valid_key(key_file: KeyFile) -> NameKey:
    """Return the key in a key file.

    Raises
    ------
    FileProblemsError
        If the file has any problems.
    """
    key, problems = read_key(key_file.path)
    if problems:
        raise FileProblemsError(problems, summary="Fix these errors in the key first. Nothing was replaced.")
    return key


def read_undo_record(key_file: KeyFile) -> UndoRecord | None:
    """Return the record of the last replacement, None if there is none.

    Raises
    ------
    OperationError
        If the file is damaged, or was written by another version.
    """
    path = key_file.record_path
    if not path.is_file():
        return None
    try:
        record: dict[str, Any] = parse_json(read_bytes(path))
        if record["form"] != _FORMAT_VERSION:
            raise OperationError(f"{path}: written by another version of qualcode: undo with that version")
        names = tuple((name, pseudonym) for name, pseudonym in record["names"])
        paragraphs = {
            place: [_parse_paragraph(*each) for each in entries] for place, entries in record["paragraphs"].items()
        }
        lines = {ledger: [_parse_line(*each) for each in entries] for ledger, entries in record["lines"].items()}
        return UndoRecord(names, paragraphs, lines, record["converted"])
    except (ValueError, KeyError, TypeError):
        raise OperationError(
            f"{path}: damaged: restore it from a copy, or delete it to undo with the key alone"
        ) from None


def _parse_paragraph(digest: str, number: int, edits: Iterable[Edit]) -> tuple[str, int, list[Edit]]:
    return digest, number, [(index, start, end, text) for index, start, end, text in edits]


def _parse_line(digest: str, number: int, line: str) -> UndoLine:
    return digest, number, line
