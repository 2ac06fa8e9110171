"""YAML 1.2 files read into plain values with the position of every key and all problems; aliases are refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem
from qualcode.files.atomic_writer import write_atomically
from qualcode.files.file_reader import parse_json, read_text
from qualcode.files.yaml_notices import COMMENT_IN_VALUE, compose_yaml, size_fault

_CACHE_VERSION = 1
"""Version of the cached form; increased when reading changes."""

KeyPath = tuple[str | int, ...]
Position = tuple[int, int]

_MAX_DEPTH = 40
"""Levels of nesting: more than any codebook has, and a limit for malicious input."""

_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
"""What git writes before and after the lines of both sides of a conflict."""

_ALIAS_MESSAGE = "YAML aliases (*name) are not supported"


@dataclass(frozen=True)
class YamlDocument:
    """Plain values of a YAML file, the position of each, and the problems of the file."""

    path: str
    value: Any
    positions: Mapping[KeyPath, Position]
    problems: tuple[Problem, ...] = ()

    def find_position(self, key: KeyPath) -> Position:
        """Return line and column (from 1) of a key, or of its nearest ancestor that has a position."""
        return _nearest_position(self.positions, key)


def _nearest_position(positions: Mapping[KeyPath, Position], key: KeyPath) -> Position:
    while key and key not in positions:
        key = key[:-1]
    return positions.get(key, (1, 1))


@dataclass
class _Builder:
    """Converts composed nodes to plain values, and collects positions and problems."""

    path: str
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)

    def add_problem(self, node: Any, message: str, hint: str = "") -> None:
        line, column = _node_position(node)
        self.problems.append(Problem(self.path, line, column, message, hint))

    def build(self, node: Any, key: KeyPath) -> Any:
        """Return the value of one node and record its position."""
        if id(node) in self.visited:  # an alias; its node has the position of the anchor, so take that of its key
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
        mapping: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value) if name_node.id == "scalar" else ""
            if name_node.id != "scalar":
                self.add_problem(name_node, "a key must be plain text")
            elif name == "<<":
                self.add_problem(name_node, "YAML merge keys (<<) are not supported", "write the values out")
            elif name in mapping:
                first = self.positions[(*key, name)][0]
                self.add_problem(name_node, f"key '{name}' is given twice", f"first on line {first}")
            else:
                self.positions[(*key, name)] = _node_position(name_node)
                mapping[name] = self.build(value_node, (*key, name))
        return mapping

    def _build_scalar(self, node: Any) -> Any:
        convert = _CONVERTERS.get(node.tag.rsplit(":", 1)[-1])
        try:
            return convert(node.value) if convert else node.value
        except ValueError:
            return node.value


def _parse_boolean(text: str) -> bool:
    return text.lower() == "true"


def _parse_integer(text: str) -> int:
    # In YAML 1.2, 012 is twelve; Python refuses it with base 0.
    return int(text.replace("_", ""), 0 if text[:2].lower() in {"0x", "0o"} else 10)


_CONVERTERS: Mapping[str, Any] = {"null": lambda _: None, "bool": _parse_boolean, "int": _parse_integer, "float": float}


def _node_position(node: Any) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1


def read_yaml(path: Path, *, display_path: str, cache: Path | None = None) -> YamlDocument:
    """Read a YAML file into plain values with positions; ``display_path`` is the path in messages.

    A file that is not YAML gives one problem and the value None. In a ``cache`` folder the result is stored with the
    hash of the text, since parsing YAML takes longer than all other steps of a check.

    Raises
    ------
    OperationError
        If the file cannot be read or decoded.
    """
    text = read_text(path).text
    cache_path = cache / f"yaml-{_digest(display_path)}.json" if cache else None
    document = _read_cached(cache_path, display_path, text) if cache_path else None
    if document is None:
        document = parse_yaml(text, display_path)
        # Problems are not part of the cached form.
        if cache_path and not document.problems:
            _write_cached(cache_path, document, text)
    return document


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read_cached(path: Path, display_path: str, text: str) -> YamlDocument | None:
    try:
        cached = parse_json(path.read_bytes())
        if cached["text"] != _digest(text) or cached["form"] != _CACHE_VERSION:
            return None
        positions = {tuple(key): (line, column) for key, line, column in cached["marks"]}
        return YamlDocument(display_path, cached["value"], positions)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_cached(path: Path, document: YamlDocument, text: str) -> None:
    marks = [[list(key), *position] for key, position in document.positions.items()]
    cached = {"form": _CACHE_VERSION, "text": _digest(text), "value": document.value, "marks": marks}
    with suppress(OperationError):  # a study on a read-only disk can be read without a cache
        write_atomically(path, json.dumps(cached))


def parse_yaml(text: str, path: str) -> YamlDocument:
    """Return the plain values of a YAML text with their positions; ``path`` is its path in messages."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if fault := size_fault(text):
        hint = "shorten it, or divide a codebook into several files"
        return YamlDocument(path, None, {}, (Problem(path, 1, 1, fault, hint),))
    builder = _Builder(path)
    try:
        node = compose_yaml(text)
        value = None if node is None else builder.build(node, ())
    except MarkedYAMLError as error:
        return YamlDocument(path, None, {}, (_syntax_problem(path, error, text),))
    except (YAMLError, ValueError, RecursionError) as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        message = getattr(error, "reason", "") or (
            "nested too deep" if isinstance(error, RecursionError) else str(error)
        )
        return YamlDocument(path, None, {}, (Problem(path, line, 0, f"not YAML: {message}"),))
    return YamlDocument(path, value, builder.positions, tuple(builder.problems))


def _syntax_problem(path: str, error: Any, text: str) -> Problem:
    if marker := _MARKER.search(text):
        hint = "keep the lines of one side, and delete the others with the markers <<<<<<<, ======= and >>>>>>>"
        return Problem(path, text.count("\n", 0, marker.start()) + 1, 1, "an unresolved merge conflict of git", hint)
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = " ".join(str(part) for part in (error.context, error.problem) if part)
    if "\\t" in message or "'\t'" in message:
        return Problem(path, line, column, "not YAML: a tab is used for indentation", "indent with spaces")
    # The parser finds what a comment has cut off only on the lines below.
    above = "\n".join(text.split("\n")[max(0, line - 3) : line])
    hint = "' #' begins a comment: put the text in quotes" if COMMENT_IN_VALUE.search(above) else ""
    return Problem(path, line, column, f"not YAML: {message}", hint)
