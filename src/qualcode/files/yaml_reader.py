"""YAML 1.2 read with the place of every key, all problems at once, and no aliases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem
from qualcode.files.atomic_writer import write_atomically
from qualcode.files.file_reader import read_text

_CACHE_VERSION = 1
"""Of what is kept in the cache; raised when reading changes."""

KeyPath = tuple[str | int, ...]
Position = tuple[int, int]

_MAX_DEPTH = 40
"""Levels of nesting: no codebook is deeper, and a bomb of brackets stops here."""

_ALIAS_MESSAGE = "YAML aliases (*name) are not supported"


@dataclass(frozen=True)
class YamlDocument:
    """Plain values of a YAML file, where each of them stands, and what is wrong with the file."""

    path: str
    value: Any
    positions: Mapping[KeyPath, Position]
    problems: tuple[Problem, ...] = ()

    def find_position(self, key: KeyPath) -> Position:
        """Return line and column (from 1) of a key, or of the nearest thing above it."""
        return _nearest_position(self.positions, key)


def _nearest_position(marks: Mapping[KeyPath, Position], key: KeyPath) -> Position:
    while key and key not in marks:
        key = key[:-1]
    return marks.get(key, (1, 1))


@dataclass
class _Builder:
    """Turns composed nodes into plain values, noting places and problems on the way."""

    path: str
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)

    def add_problem(self, node: Any, message: str, hint: str = "") -> None:
        line, column = _node_position(node)
        self.problems.append(Problem(self.path, line, column, message, hint))

    def build(self, node: Any, key: KeyPath) -> Any:
        """Build the value of one node and remember where it stands."""
        if (
            id(node) in self.visited
        ):  # the node of an alias stands where its anchor does, so its key must tell the place
            line, column = _nearest_position(self.positions, key)
            self.problems.append(Problem(self.path, line, column, _ALIAS_MESSAGE, "write the value out"))
            return None
        self.positions.setdefault(key, _node_position(node))
        if len(key) > _MAX_DEPTH:
            self.add_problem(node, f"nested more than {_MAX_DEPTH} levels deep")
            return None
        self.visited.add(id(node))
        if node.id == "mapping":
            return self._build_mapping(node, key)
        if node.id == "sequence":
            return [self.build(child, (*key, index)) for index, child in enumerate(node.value)]
        return self._build_scalar(node)

    def _build_mapping(self, node: Any, key: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value) if name_node.id == "scalar" else ""
            if name_node.id != "scalar":
                self.add_problem(name_node, "a key must be plain text")
            elif name == "<<":
                self.add_problem(name_node, "YAML merge keys (<<) are not supported", "write the values out")
            elif name in found:
                first = self.positions[(*key, name)][0]
                self.add_problem(name_node, f"key '{name}' is given twice", f"first on line {first}")
            else:
                self.positions[(*key, name)] = _node_position(name_node)
                found[name] = self.build(value_node, (*key, name))
        return found

    def _build_scalar(self, node: Any) -> Any:
        convert = _CONVERTERS.get(node.tag.rsplit(":", 1)[-1])
        try:
            return convert(node.value) if convert else node.value
        except ValueError:
            return node.value


def _parse_boolean(text: str) -> bool:
    return text.lower() == "true"


def _parse_integer(text: str) -> int:
    return int(text.replace("_", ""), 0 if text[:2].lower() in {"0x", "0o"} else 10)


_CONVERTERS: Mapping[str, Any] = {"null": lambda _: None, "bool": _parse_boolean, "int": _parse_integer, "float": float}


def _node_position(node: Any) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1


def read_yaml(path: Path, *, display_path: str, cache: Path | None = None) -> YamlDocument:
    """Read a YAML file into plain values with places; ``shown`` is the path as the user knows it.

    A file that is not YAML gives one problem and the value None. With a ``cache`` folder, what a text was
    read as is kept there by the text's hash, since reading YAML takes longer than all else of a check.
    """
    text = read_text(path).text
    kept = cache / f"yaml-{_digest(display_path)}.json" if cache else None
    found = _read_cached(kept, display_path, text) if kept else None
    if found is None:
        found = _parse_yaml(text, display_path)
        if kept and not found.problems:
            _write_cached(kept, found, text)
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read_cached(path: Path, shown: str, text: str) -> YamlDocument | None:
    try:
        held = json.loads(path.read_bytes())
        if held["text"] != _digest(text) or held["form"] != _CACHE_VERSION:
            return None
        return YamlDocument(shown, held["value"], {tuple(key): (line, column) for key, line, column in held["marks"]})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_cached(path: Path, found: YamlDocument, text: str) -> None:
    marks = [[list(key), *mark] for key, mark in found.positions.items()]
    held = {"form": _CACHE_VERSION, "text": _digest(text), "value": found.value, "marks": marks}
    with suppress(OperationError):  # a study on a read-only disk is read all the same
        write_atomically(path, json.dumps(held))


def _parse_yaml(text: str, shown: str) -> YamlDocument:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    builder = _Builder(shown)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        value = None if node is None else builder.build(node, ())
    except MarkedYAMLError as error:
        return YamlDocument(shown, None, {}, (_syntax_problem(shown, error),))
    except (YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "position", 0)
        line = text.count("\n", 0, place) + 1
        message = getattr(error, "reason", "") or (
            "nested too deep" if isinstance(error, RecursionError) else str(error)
        )
        return YamlDocument(shown, None, {}, (Problem(shown, line, 0, f"not YAML: {message}"),))
    return YamlDocument(shown, value, builder.positions, tuple(builder.problems))


def _syntax_problem(path: str, error: Any) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    if "\\t" in said or "'\t'" in said:
        said = "a tab is used for indentation"
        return Problem(path, line, column, f"not YAML: {said}", "indent with spaces")
    return Problem(path, line, column, f"not YAML: {said}")
