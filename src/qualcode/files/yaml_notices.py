"""Notices on YAML that is valid but may not mean what its author meant: comments in values, control characters."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem
from qualcode.files.file_reader import read_text
from qualcode.model.line_numbers import line_counter

_COMMENT = r"(#+[^\s#=!*-][^\n]*)"
COMMENT_IN_VALUE = re.compile(rf"[ \t]{_COMMENT}")
"""A comment that looks like text, as "#1", "##1" or "#harvest"; a comment that is meant has a space behind the sign."""
_COMMENT_BEHIND_VALUE = re.compile(rf"[ \t]++{_COMMENT}")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Only in double quotes does \b stand for a control character; regular expressions have it in single ones.
_SUSPECT = re.compile(rf"{COMMENT_IN_VALUE.pattern}|{_CONTROL_CHARACTER.pattern}|\"[^\"\n]*\\[0abefvxuUN]")
"""What every text has that a notice may be given on: most need not be parsed."""


_MAX_SIZE = 1_000_000
"""Characters of a YAML file: 30 times the longest file of the shipped study. The parser takes up to 2 seconds."""
_MAX_VALUES = 40_000
"""Line ends and commas, without which there is no further value: one takes the parser as long as 40 characters."""


def size_fault(text: str) -> str:
    """Return why a YAML text is too large to be parsed, or an empty string."""
    if len(text) > _MAX_SIZE:
        return f"{len(text):,} characters are over the limit of {_MAX_SIZE:,} for a YAML file"
    values = text.count("\n") + text.count(",")
    return f"{values:,} lines and commas are over the limit of {_MAX_VALUES:,}" if values > _MAX_VALUES else ""


def compose_yaml(text: str) -> Any:
    """Return the root node of a YAML text, which has positions; None if the text is empty."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import ReusedAnchorWarning

    with warnings.catch_warnings():
        # An anchor that is given twice has no effect, since aliases are refused.
        warnings.simplefilter("ignore", ReusedAnchorWarning)
        # Pure, since the C parser reads YAML 1.1, where 'no' is false.
        return YAML(typ="safe", pure=True).compose(text)


def read_yaml_notices(path: Path, *, display_path: str) -> list[Problem]:
    """Return the notices on a YAML file; none if it cannot be read, which is a problem found elsewhere."""
    from ruamel.yaml.error import YAMLError

    try:
        text = read_text(path).text
        if size_fault(text) or not _SUSPECT.search(text):
            return []
        node = compose_yaml(text)
    except (OperationError, YAMLError, ValueError, RecursionError):
        return []
    values = [] if node is None else list(_values(node, text))
    return [
        *(notice for value in values for notice in _comment_notices(value, text, display_path)),
        *(notice for value in values for notice in _control_notices(value, display_path)),
    ]


@dataclass(frozen=True, slots=True)
class _Value:
    """A node with the index in the text where it ends, and what stands before it, as "name: "."""

    node: Any
    end: int
    prefix: str


def _values(node: Any, text: str) -> Iterator[_Value]:
    """Yield all plain and quoted values below a node."""
    children: list[_Value] = []
    if node.id == "mapping":
        for name, value in node.value:
            # The parser's position of an empty value is behind the comment.
            colon = text.find(":", name.end_mark.index) + 1
            end = value.end_mark.index if value.value else colon
            children.append(_Value(value, end, f"{name.value}: "))
    elif node.id == "sequence":
        children = [_Value(child, child.end_mark.index, "- ") for child in node.value]
    for child in children:
        if child.node.id == "scalar":
            yield child
        else:
            yield from _values(child.node, text)


def _comment_notices(value: _Value, text: str, path: str) -> Iterator[Problem]:
    node = value.node
    comment = _COMMENT_BEHIND_VALUE.match(text, value.end)
    if node.style or comment is None:
        return
    line = line_counter(text)(comment.start(1))
    column = comment.start(1) - text.rfind("\n", 0, comment.start(1))
    ending = comment[1].rstrip()
    read = f"the value is '{node.value}'" if node.value else "the value is empty"
    gap = text[value.end : comment.start(1)] if node.value else ""
    hint = _comment_hint(value, gap, ending)
    yield Problem(path, line, column, f"'{ending}' is read as a comment, so {read}", hint, "notice")


def _comment_hint(value: _Value, gap: str, comment: str) -> str:
    """Return what to write instead of a value, the white space behind it, and a comment."""
    node = value.node
    if node.value and node.tag != "tag:yaml.org,2002:str":
        # In quotes it would be no number any more.
        spaced = re.sub("^#+", r"\g<0> ", comment)
        return f"for a comment, write a space behind #: {value.prefix}{node.value} {spaced}; put a text in quotes"
    whole = f"{node.value}{gap}{comment}"
    mark = "'" if '"' in whole else '"'
    return f"put it in quotes: {value.prefix}{mark}{whole}{mark}; for a comment, write a space behind #"


def _control_notices(value: _Value, path: str) -> Iterator[Problem]:
    control = _CONTROL_CHARACTER.search(value.node.value)
    if control:
        start = value.node.start_mark
        name = f" in the value of '{value.prefix[:-2]}'" if value.prefix != "- " else ""
        message = f"a control character (U+{ord(control[0]):04X}){name}"
        hint = "remove it: workbooks and network files leave it out"
        yield Problem(path, start.line + 1, start.column + 1, message, hint, "notice")
