"""YAML 1.2 read with the place of every key, all problems at once, and no aliases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import Problem, Refused
from qualcode.files.reading import read_text
from qualcode.files.writing import write_atomically

_FORM = 1
"""Of what is kept in the cache; raised when reading changes."""

Key = tuple[str | int, ...]
Mark = tuple[int, int]

_DEEPEST = 40
"""Levels of nesting: no codebook is deeper, and a bomb of brackets stops here."""

_ALIAS = "YAML aliases (*name) are not supported"


@dataclass(frozen=True)
class Marked:
    """Plain values of a YAML file, where each of them stands, and what is wrong with the file."""

    path: str
    value: Any
    marks: Mapping[Key, Mark]
    problems: tuple[Problem, ...] = ()

    def mark(self, key: Key) -> Mark:
        """Return line and column (from 1) of a key, or of the nearest thing above it."""
        return _nearest(self.marks, key)


def _nearest(marks: Mapping[Key, Mark], key: Key) -> Mark:
    while key and key not in marks:
        key = key[:-1]
    return marks.get(key, (1, 1))


@dataclass
class _Builder:
    """Turns composed nodes into plain values, noting places and problems on the way."""

    path: str
    marks: dict[Key, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def problem(self, node: Any, message: str, hint: str = "") -> None:
        line, column = _mark(node)
        self.problems.append(Problem(self.path, line, column, message, hint))

    def build(self, node: Any, key: Key) -> Any:
        """Build the value of one node and remember where it stands."""
        if id(node) in self.seen:  # the node of an alias stands where its anchor does, so its key must tell the place
            line, column = _nearest(self.marks, key)
            self.problems.append(Problem(self.path, line, column, _ALIAS, "write the value out"))
            return None
        self.marks.setdefault(key, _mark(node))
        if len(key) > _DEEPEST:
            self.problem(node, f"nested more than {_DEEPEST} levels deep")
            return None
        self.seen.add(id(node))
        if node.id == "mapping":
            return self._mapping(node, key)
        if node.id == "sequence":
            return [self.build(child, (*key, index)) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value) if name_node.id == "scalar" else ""
            if name_node.id != "scalar":
                self.problem(name_node, "a key must be plain text")
            elif name == "<<":
                self.problem(name_node, "YAML merge keys (<<) are not supported", "write the values out")
            elif name in found:
                first = self.marks[(*key, name)][0]
                self.problem(name_node, f"key '{name}' is given twice", f"first on line {first}")
            else:
                self.marks[(*key, name)] = _mark(name_node)
                found[name] = self.build(value_node, (*key, name))
        return found

    def _scalar(self, node: Any) -> Any:
        convert = _CONVERT.get(node.tag.rsplit(":", 1)[-1])
        try:
            return convert(node.value) if convert else node.value
        except ValueError:
            return node.value


def _boolean(text: str) -> bool:
    return text.lower() == "true"


def _integer(text: str) -> int:
    return int(text.replace("_", ""), 0 if text[:2].lower() in {"0x", "0o"} else 10)


_CONVERT: Mapping[str, Any] = {"null": lambda _: None, "bool": _boolean, "int": _integer, "float": float}


def _mark(node: Any) -> Mark:
    return node.start_mark.line + 1, node.start_mark.column + 1


def read_yaml(path: Path, *, shown: str, cache: Path | None = None) -> Marked:
    """Read a YAML file into plain values with places; ``shown`` is the path as the user knows it.

    A file that is not YAML gives one problem and the value None. With a ``cache`` folder, what a text was
    read as is kept there by the text's hash, since reading YAML takes longer than all else of a check.
    """
    text = read_text(path).text
    kept = cache / f"yaml-{_digest(shown)}.json" if cache else None
    found = _kept(kept, shown, text) if kept else None
    if found is None:
        found = _parsed(text, shown)
        if kept and not found.problems:
            _keep(kept, found, text)
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _kept(path: Path, shown: str, text: str) -> Marked | None:
    try:
        held = json.loads(path.read_bytes())
        if held["text"] != _digest(text) or held["form"] != _FORM:
            return None
        return Marked(shown, held["value"], {tuple(key): (line, column) for key, line, column in held["marks"]})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, found: Marked, text: str) -> None:
    marks = [[list(key), *mark] for key, mark in found.marks.items()]
    held = {"form": _FORM, "text": _digest(text), "value": found.value, "marks": marks}
    with suppress(Refused):  # a study on a read-only disk is read all the same
        write_atomically(path, json.dumps(held))


def _parsed(text: str, shown: str) -> Marked:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    builder = _Builder(shown)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        value = None if node is None else builder.build(node, ())
    except MarkedYAMLError as error:
        return Marked(shown, None, {}, (_unreadable(shown, error),))
    except (YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "position", 0)
        line = text.count("\n", 0, place) + 1
        message = getattr(error, "reason", "") or (
            "nested too deep" if isinstance(error, RecursionError) else str(error)
        )
        return Marked(shown, None, {}, (Problem(shown, line, 0, f"not YAML: {message}"),))
    return Marked(shown, value, builder.marks, tuple(builder.problems))


def _unreadable(path: str, error: Any) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    if "\\t" in said or "'\t'" in said:
        said = "a tab is used for indentation"
        return Problem(path, line, column, f"not YAML: {said}", "indent with spaces")
    return Problem(path, line, column, f"not YAML: {said}")
