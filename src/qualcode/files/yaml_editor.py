"""Edits of YAML files that people write: one entry is added, and all other text stays as it is."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, name_command
from qualcode.files.atomic_writer import write_atomically
from qualcode.files.file_reader import read_text
from qualcode.files.yaml_reader import YamlDocument, read_yaml

_LINE_WIDTH = 100_000
"""Characters of the longest line, so that the YAML writer breaks no line."""


def set_yaml_entry(path: Path, key: str, name: str, value: str | Mapping[str, Any]) -> None:
    """Set one entry of the mapping at a top-level key, above the entries that are there already.

    One line is inserted into the text. If that is not possible (the mapping is on one line, or has the entry already),
    the file is rewritten with its comments, order and quoting. A mapping as value keeps the other entries of one that
    is there already.

    Raises
    ------
    OperationError
        If the file has errors or cannot be written.
    """
    document = read_yaml(path, display_path=path.name)
    if document.problems or not isinstance(document.value or {}, dict):
        raise OperationError(f"{path}: cannot be edited because it has errors (see {name_command('check')})")
    text = read_text(path).text
    entries = (document.value or {}).get(key)
    is_insertable = entries is None or (isinstance(entries, dict) and name not in entries)
    point = _find_insertion_point(text, document, key) if is_insertable else None
    write_atomically(path, _insert_entry(text, point, name, value) if point else _rewrite_yaml(text, key, name, value))


def _find_insertion_point(text: str, document: YamlDocument, key: str) -> tuple[int, str, str] | None:
    """Return the index of the line below the new one, the new line's indent, and a line that is missing above it."""
    lines = text.splitlines()
    entries = [position for path, position in document.positions.items() if path[:1] == (key,) and len(path) == 2]
    if (key,) not in document.positions:
        return (len(lines), "  ", f"{key}:\n") if not text.lstrip().startswith("{") else None
    line = document.positions[key,][0]
    if not entries:
        is_open = re.fullmatch(rf"{re.escape(key)}:\s*(#.*)?", lines[line - 1])
        return (line, "  ", "") if is_open else None
    first, column = min(entries)
    # On the line of its key, as in {a: b}, no line can be inserted.
    return (first - 1, " " * (column - 1), "") if first > line else None


def _insert_entry(text: str, point: tuple[int, str, str], name: str, value: str | Mapping[str, Any]) -> str:
    line, indent, parent_line = point
    lines = text.splitlines()
    entry = f"{parent_line}{indent}{_format_scalar(name)}: {_format_value(value)}"
    return "\n".join([*lines[:line], entry, *lines[line:]]) + "\n"


def _format_value(value: str | Mapping[str, Any]) -> str:
    return _format_scalar(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _format_scalar(text: str) -> str:
    # A JSON string is valid YAML.
    return text if re.fullmatch(r"[^\W\d_][\w./-]*", text) else json.dumps(text, ensure_ascii=False)


def _rewrite_yaml(text: str, key: str, name: str, value: str | Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _LINE_WIDTH
    # By default ruamel.yaml does not indent lists, and would change every list of such a file.
    if re.search(r"^ +- ", text, re.MULTILINE):
        yaml.indent(mapping=2, sequence=4, offset=2)
    document: Any = yaml.load(text)
    entries = document.get(key)
    if isinstance(entries, CommentedMap):
        if isinstance(value, Mapping) and isinstance(entries.get(name), CommentedMap):
            entries[name].update(value)
        else:
            entries[name] = value
    else:
        document[key] = {name: value}
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
