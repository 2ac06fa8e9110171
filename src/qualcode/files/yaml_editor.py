"""One entry of a YAML file that people edit, added so that all they wrote stays as it is."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError
from qualcode.files.atomic_writer import write_atomically
from qualcode.files.file_reader import read_text
from qualcode.files.yaml_reader import YamlDocument, read_yaml

_LINE_WIDTH = 100_000
"""Characters of the longest line, so that none is broken anew."""


def set_yaml_entry(path: Path, key: str, name: str, value: str) -> None:
    """Set one entry of the mapping at a top-level key, above the entries that are there already.

    A line is written into the text, and nothing else touched; where that will not do (the mapping stands on one
    line, or has the entry already) the file is written anew with its comments, order and quoting.
    """
    marked = read_yaml(path, display_path=path.name)
    if marked.problems or not isinstance(marked.value or {}, dict):
        raise OperationError(f"{path}: cannot be edited before it is mended (see 'qualcode check')")
    text = read_text(path).text
    held = (marked.value or {}).get(key)
    block = held is None or (isinstance(held, dict) and name not in held)
    place = _find_insertion_point(text, marked, key) if block else None
    write_atomically(
        path, _rewrite_yaml(text, key, name, value) if place is None else _insert_entry(text, place, name, value)
    )


def _find_insertion_point(text: str, marked: YamlDocument, key: str) -> tuple[int, str, str] | None:
    """Return before which line (from 0) to write, how far indented, and a line to go above."""
    lines = text.splitlines()
    entries = [mark for where, mark in marked.positions.items() if where[:1] == (key,) and len(where) == 2]
    if (key,) not in marked.positions:
        return (len(lines), "  ", f"{key}:\n") if not text.lstrip().startswith("{") else None
    line = marked.positions[key,][0]
    if not entries:
        return (line, "  ", "") if re.fullmatch(rf"{re.escape(key)}:\s*(#.*)?", lines[line - 1]) else None
    first, column = min(entries)
    return (first - 1, " " * (column - 1), "") if first > line else None


def _insert_entry(text: str, place: tuple[int, str, str], name: str, value: str) -> str:
    line, indent, above = place
    lines = text.splitlines()
    entry = f"{above}{indent}{_format_scalar(name)}: {_format_scalar(value)}"
    return "\n".join([*lines[:line], entry, *lines[line:]]) + "\n"


def _format_scalar(text: str) -> str:
    return text if re.fullmatch(r"[^\W\d_][\w./-]*", text) else json.dumps(text, ensure_ascii=False)


def _rewrite_yaml(text: str, key: str, name: str, value: str) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _LINE_WIDTH
    if re.search(r"^ +- ", text, re.MULTILINE):
        yaml.indent(mapping=2, sequence=4, offset=2)
    held: Any = yaml.load(text)
    entries = held.get(key)
    if isinstance(entries, CommentedMap):
        entries[name] = value
    else:
        held[key] = {name: value}
    stream = io.StringIO()
    yaml.dump(held, stream)
    return stream.getvalue()
