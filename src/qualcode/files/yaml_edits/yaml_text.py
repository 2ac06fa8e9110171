"""Places in a YAML text: the nodes at key paths, where their content ends, and how a value is written there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from qualcode.files.yaml_notices import compose_yaml
from qualcode.files.yaml_reader import KeyPath

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""Anchor and tag of a node, which its position includes."""
_COMMENT_LINE = re.compile(r" *#")
_LINE_END = re.compile(r"\r\n|\r|\n")


@lru_cache(maxsize=16)
def _compose(text: str) -> Any:
    return compose_yaml(text)


def find_node(text: str, key: KeyPath) -> Any:
    """Return the node at a key path, or None if there is none."""
    node = _compose(text)
    for part in key:
        if node is None:
            return None
        if isinstance(part, int):
            node = node.value[part] if node.id == "sequence" and part < len(node.value) else None
        else:
            node = next((value for name, value in list_pairs(node) if name.value == part), None)
    return node


def list_pairs(node: Any) -> Sequence[tuple[Any, Any]]:
    """Return the keys and values of a mapping; of any other node none."""
    return node.value if node is not None and node.id == "mapping" else ()


def is_missing(node: Any) -> bool:
    """Return whether there is no node, or one without a value, as in ``codes:`` with nothing behind it."""
    return node is None or (node.id == "scalar" and not node.style and node.tag.endswith(":null"))


def content_start(text: str, node: Any) -> int:
    """Return where a node begins, behind its anchor and tag."""
    found = _PROPERTIES.match(text, node.start_mark.index)
    return found.end() if found and found.end() <= node.end_mark.index else int(node.start_mark.index)


def content_end(text: str, node: Any) -> int:
    """Return where the content of a node ends, without the comments and blank lines behind it."""
    if node.id == "scalar":
        return _block_scalar_end(text, node) if node.style in ("|", ">") else int(node.end_mark.index)
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    if node.id == "sequence":
        return content_end(text, node.value[-1])
    return pair_end(text, *node.value[-1])


def pair_end(text: str, name: Any, value: Any) -> int:
    """Return where an entry of a mapping ends."""
    # The parser's position of an empty value is behind the comments that follow.
    if is_missing(value) and not value.value:
        return text.find(":", name.end_mark.index) + 1
    return content_end(text, value)


def _block_scalar_end(text: str, node: Any) -> int:
    """Return the end of a text behind | or >, whose node also has the comments and blank lines below it."""
    start = node.start_mark.index
    body = line_end(text, start)
    lines = text[body : node.end_mark.index].splitlines(keepends=True)
    indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)
    while lines and (not lines[-1].strip() or len(lines[-1]) - len(lines[-1].lstrip(" ")) < indent):
        lines.pop()
    end = body + sum(map(len, lines))
    return len(text[:end].rstrip("\r\n"))


def line_start(text: str, index: int) -> int:
    """Return the index of the first character of the line that an index is in; a line end belongs to its line."""
    index -= text[max(0, index - 1) : index + 1] == "\r\n"
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def line_end(text: str, index: int) -> int:
    """Return the index behind the line that an index is in, its line end included."""
    found = _LINE_END.search(text, index)
    return found.end() if found else len(text)


def skip_comments(text: str, index: int, column: int) -> int:
    """Return the index behind the lines of comments that begin at an index and are indented by more than a column."""
    while (found := _COMMENT_LINE.match(text, index)) and len(found[0]) - 1 > column:
        index = line_end(text, index)
    return index


def line_break_of(text: str) -> str:
    """Return the line end that a text uses."""
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def column_of(text: str, index: int) -> int:
    """Return the number of characters before an index in its line."""
    return index - line_start(text, index)


def insert_lines(text: str, index: int, lines: str) -> str:
    """Insert lines, which end with ``\\n``, at the beginning of a line; they get the text's own line ends."""
    mark = line_break_of(text)
    above = "" if index == 0 or text[index - 1] in "\r\n" else mark
    return text[:index] + above + lines.replace("\n", mark) + text[index:]


def format_scalar(value: str, *, style: str | None = None) -> str:
    """Return a text as YAML on one line: without quotes if it is plain there, else in those of ``style``.

    >>> format_scalar("challenges/roi"), format_scalar("null"), format_scalar("it's", style="'")
    ('challenges/roi', '"null"', "'it''s'")
    """
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and re.fullmatch(r"[^\W_][\w./-]*", value):
        node = compose_yaml(value)
        if node.tag.endswith(":str") and node.value == value:
            return value
    return json.dumps(value, ensure_ascii=not value.isprintable())
